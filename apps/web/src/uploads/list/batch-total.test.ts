import type { Job } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { createUpload, type Upload } from '../upload.ts';
import { batchTotal } from './batch-total.ts';

const source = { id: 's', name: 'a.pdf', sizeBytes: 100, mimeType: 'application/pdf', lastModified: 1 };
const waiting = createUpload(source, { tool: 't', params: {}, secrets: {} }, 'usr_1');
const done = (bytes_in: number, bytes_out: number): Upload => {
	const job = { result: { bytes_in, bytes_out, warnings: [], duration_ms: 1 } } as Partial<Job> as Job;
	return { ...waiting, stage: { kind: 'succeeded', job, output: null } };
};

test('adds up the sizes of all files', () => {
	expect(batchTotal([done(1_000, 400), done(2_000, 600)])).toBe('3.0 kB → 1.0 kB');
});

test('says how many are done while others aren’t', () => {
	expect(batchTotal([done(1_000, 400), waiting, done(2_000, 600)])).toBe('2 done, 3.0 kB → 1.0 kB');
});

test('is absent for less than two finished files', () => {
	expect(batchTotal([done(1_000, 400), waiting])).toBeUndefined();
});
