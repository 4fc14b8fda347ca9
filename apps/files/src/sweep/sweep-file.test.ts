import { describe, expect, test } from '@jest/globals';
import type { FileRecord } from '../file.ts';
import { addMs } from '../policy.ts';
import { buildFile } from '../testing/build-file.ts';
import { decideSweep, nextRemovalAt } from './sweep-file.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const POLICY = { lateUploadMs: 6 * HOUR_MS, resweepIntervalMs: 5 * MINUTE_MS, downloadUrlSeconds: 3_600 };
const START = new Date('2026-01-01T00:00:00Z');

const at = (minutes: number) => addMs(START, minutes * MINUTE_MS);

/** Returns a file whose upload URL works for an hour, deleted after this many minutes. */
const deleted = (minutes: number, change = {}) =>
	buildFile({ createdAt: START, uploadUrlExpiresAt: at(60), deletedAt: at(minutes), ...change });
const next = (file: ReturnType<typeof buildFile>, minutes: number) =>
	nextRemovalAt(file, at(minutes), POLICY);

test('bytes are removed again after the interval while the upload URL works', () => {
	expect(next(deleted(10), 10)).toEqual(at(15));
	expect(next(deleted(10), 59)).toEqual(at(64));
});

test('bytes are removed again after the interval while a download URL from before the deletion works', () => {
	expect(next(deleted(50), 90)).toEqual(at(95));
	expect(next(deleted(90), 149)).toEqual(at(154));
});

test('once neither kind of URL works, bytes are removed a last time when no PUT can be under way', () => {
	expect(next(deleted(10), 70)).toEqual(at(420));
	expect(next(deleted(50), 110)).toEqual(at(420));
	expect(next(deleted(400), 418)).toEqual(at(420));
	expect(next(deleted(10), 420)).toBeNull();
});

test.each([
	['an upload in parts, which was aborted', { multipart: { uploadId: 'a', partSizeBytes: 5 } }],
	['the output of a job, whose URLs only a worker has', { jobId: 'job_01JZZZZZZZZZZZZZZZZZZZZZZZ' }],
])('there is only the last time for %s', (_, change) => {
	expect(next(deleted(10, change), 10)).toEqual(at(420));
});

const NOW = new Date('2026-01-02T12:00:00Z');
const PAST = new Date('2026-01-02T11:00:00Z');
const FUTURE = new Date('2026-01-02T13:00:00Z');

/** A ready, published upload whose time to upload is over. */
const FILE = buildFile({
	status: 'ready',
	etag: '"a"',
	publishedAt: PAST,
	abandonAt: PAST,
	expiresAt: FUTURE,
});
const OUTPUT = { jobId: 'job_01JZZZZZZZZZZZZZZZZZZZZZZZ', publishedAt: null };

describe('the decision about a file that fell due is right for', () => {
	test.each<[string, Partial<FileRecord>, ReturnType<typeof decideSweep>]>([
		['a ready one', {}, 'keep'],
		['a deleted one', { deletedAt: PAST }, 'remove'],
		['an expired one', { expiresAt: NOW }, 'remove'],
		['a pending one that has time left', { status: 'pending', abandonAt: FUTURE }, 'keep'],
		['a pending one whose time is over', { status: 'pending', abandonAt: NOW }, 'check store'],
		['a pending one that expired', { status: 'pending', expiresAt: NOW }, 'remove'],
		['an unpublished output that has time left', { ...OUTPUT, abandonAt: FUTURE }, 'keep'],
		['an unpublished output whose time is over, ready or not', OUTPUT, 'remove'],
		['a published output', { ...OUTPUT, publishedAt: PAST }, 'keep'],
	])('%s', (_, change, decision) => {
		expect(decideSweep({ ...FILE, ...change }, NOW)).toBe(decision);
	});
});
