import type { Job } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { createUpload, type Upload } from '../upload.ts';
import { batchTotal } from './batch-total.ts';

function waiting(name: string): Upload {
	const source = { id: name, name, sizeBytes: 100, mimeType: 'application/pdf', lastModified: 1 };
	return createUpload(source, { tool: 't', params: {}, secrets: {} }, 'usr_1');
}

function done(name: string, bytes_in: number, bytes_out: number): Upload {
	const job = { result: { bytes_in, bytes_out, warnings: [], duration_ms: 1 } } as Partial<Job> as Job;
	return { ...waiting(name), stage: { kind: 'succeeded', job, output: null } };
}

test('adds up the sizes of all files', () => {
	expect(batchTotal([done('a.pdf', 1_000, 400), done('b.pdf', 2_000, 600)])).toBe('3 kB → 1 kB');
});

test('says how many are done while others aren’t', () => {
	const uploads = [done('a.pdf', 1_000, 400), waiting('b.pdf'), done('c.pdf', 2_000, 600)];
	expect(batchTotal(uploads)).toBe('2 done, 3 kB → 1 kB');
});

test('counts the newest run of a file that was processed twice', () => {
	const uploads = [done('a.pdf', 1_000, 300), done('a.pdf', 1_000, 400), done('b.pdf', 2_000, 700)];
	expect(batchTotal(uploads)).toBe('3 kB → 1 kB');
});

test('is absent for less than two finished files', () => {
	expect(batchTotal([done('a.pdf', 1_000, 400), waiting('b.pdf')])).toBeUndefined();
});
