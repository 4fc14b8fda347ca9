import type { JobStatus } from '@creatorr/contracts/jobs';
import { describe, expect, test } from '@jest/globals';
import { isTerminal, type JobChange, nextStatus, TERMINAL_STATUSES } from './job-status.ts';

type Row = [JobStatus, Record<JobChange, JobStatus | undefined>];

const nothing = { grant: undefined, succeed: undefined, fail: undefined, cancel: undefined };

describe('the state machine', () => {
	test.each<Row>([
		['queued', { grant: 'running', succeed: undefined, fail: 'failed', cancel: 'canceled' }],
		['running', { grant: 'running', succeed: 'succeeded', fail: 'failed', cancel: 'canceled' }],
		['succeeded', nothing],
		['failed', nothing],
		['canceled', nothing],
	])('has the transitions of the contract from %s, and no others', (status, expected) => {
		const actual = Object.fromEntries(
			(Object.keys(expected) as JobChange[]).map((change) => [change, nextStatus(status, change)]),
		);
		expect(actual).toEqual(expected);
	});

	test('ends in succeeded, failed and canceled', () => {
		expect(TERMINAL_STATUSES).toEqual(['succeeded', 'failed', 'canceled']);
		expect(isTerminal('running')).toBe(false);
	});
});
