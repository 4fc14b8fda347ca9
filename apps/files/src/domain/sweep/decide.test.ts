import { describe, expect, test } from '@jest/globals';
import { aFile } from '../../../test/support/a-file.ts';
import type { FileRecord } from '../file.ts';
import { decide } from './decide.ts';

const NOW = new Date('2026-01-02T12:00:00Z');
const PAST = new Date('2026-01-02T11:00:00Z');
const FUTURE = new Date('2026-01-02T13:00:00Z');

/** A ready, published upload whose time to upload is over. */
const FILE = aFile({ status: 'ready', etag: '"a"', publishedAt: PAST, abandonAt: PAST, expiresAt: FUTURE });
const OUTPUT = { jobId: 'job_01JZZZZZZZZZZZZZZZZZZZZZZZ', publishedAt: null };

describe('what is to be done with a file that fell due', () => {
	test.each<[string, Partial<FileRecord>, ReturnType<typeof decide>]>([
		['a ready one', {}, 'keep'],
		['a deleted one', { deletedAt: PAST }, 'remove'],
		['an expired one', { expiresAt: NOW }, 'remove'],
		['a pending one that has time left', { status: 'pending', abandonAt: FUTURE }, 'keep'],
		['a pending one whose time is over', { status: 'pending', abandonAt: NOW }, 'settle'],
		['a pending one that expired', { status: 'pending', expiresAt: NOW }, 'remove'],
		['an unpublished output that has time left', { ...OUTPUT, abandonAt: FUTURE }, 'keep'],
		['an unpublished output whose time is over, ready or not', OUTPUT, 'remove'],
		['a published output', { ...OUTPUT, publishedAt: PAST }, 'keep'],
	])('%s', (_, change, decision) => {
		expect(decide({ ...FILE, ...change }, NOW)).toBe(decision);
	});
});
