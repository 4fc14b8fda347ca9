import { getJob, listJobs, streamJob } from '@creatorr/contracts/jobs';
import { describe, expect, test } from '@jest/globals';
import { holdOf } from './hold.ts';

describe('holdOf', () => {
	test('takes a stream of events for held without an end', () => {
		expect(holdOf(streamJob, '')).toEqual({ held: 'stream', holdMs: 0 });
	});

	test('takes a wait for held as long as it says', () => {
		expect(holdOf(getJob, 'a=b&wait=60')).toEqual({ held: 'wait', holdMs: 60_000 });
	});

	test.each(['', 'wait=0', 'wait=61', 'wait=-1', 'wait=1e1', 'wait=99999999999', 'wait=', 'Wait=5'])(
		'holds nothing for "%s"',
		(query) => {
			expect(holdOf(getJob, query).held).toBeUndefined();
		},
	);

	test('holds nothing back for other operations', () => {
		expect(holdOf(listJobs, 'wait=5').held).toBeUndefined();
	});
});
