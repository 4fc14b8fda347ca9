import { expect, test } from '@jest/globals';
import { createUpload } from './upload.ts';
import { fromRecord, toRecord } from './upload-database.ts';

const source = { id: 's', name: 'a.pdf', sizeBytes: 100, mimeType: 'application/pdf', lastModified: 1 };
const request = { tool: 'compress', params: { quality: 50 }, secrets: {} };
const remoteFile = { fileId: 'fil_1', isDone: true };
const upload = { ...createUpload(source, request, 'usr_1'), remoteFile };

test('stores records that older releases can read', () => {
	expect(Object.keys(toRecord(upload)).sort()).toEqual([
		'createdAt',
		'id',
		'idempotencyKey',
		'params',
		'secretNames',
		'source',
		'stage',
		'tool',
		'upload',
		'userId',
	]);
	expect(toRecord(upload).upload).toEqual(remoteFile);
});

test('reads the records that it stores', () => {
	expect(fromRecord(toRecord(upload))).toEqual(upload);
});
