import { getJob, listJobs, streamJob } from '@creatorr/contracts/jobs';
import { describe, expect, test } from '@jest/globals';
import { IMMEDIATE, responseModeOf } from './response-mode.ts';

describe('responseModeOf', () => {
	test('returns `stream` for an operation with events', () => {
		expect(responseModeOf(streamJob, '')).toEqual({ kind: 'stream', waitMs: 0 });
	});

	test('returns `long-poll` with its duration', () => {
		expect(responseModeOf(getJob, 'a=b&wait=60')).toEqual({ kind: 'long-poll', waitMs: 60_000 });
	});

	test.each(['', 'wait=0', 'wait=61', 'wait=-1', 'wait=1e1', 'wait=99999999999', 'wait=', 'Wait=5'])(
		'returns `immediate` for "%s"',
		(query) => {
			expect(responseModeOf(getJob, query)).toEqual(IMMEDIATE);
		},
	);

	test('returns `immediate` for other operations, whatever their query', () => {
		expect(responseModeOf(listJobs, 'wait=5')).toEqual(IMMEDIATE);
	});
});
