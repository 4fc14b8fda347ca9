import type { JobOutcome } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import type { JobStatus } from '@creatorr/contracts/jobs';
import { describe, expect, test } from '@jest/globals';
import { type Finished, finishAttempt } from './finish-attempt.ts';

const result = { bytes_in: 2, bytes_out: 1, duration_ms: 1, warnings: [] };
const succeeded: JobOutcome = { status: 'succeeded', output_file_id: newId('fil'), result };
const failed: JobOutcome = { status: 'failed', error_code: 'timeout', error_message: 'too slow' };

interface Given {
	outcome: JobOutcome;
	/** The attempt is the current one. */
	current: boolean;
	/** Files has the output. */
	output?: boolean;
	/** An earlier delivery was applied. */
	repeated?: boolean;
	/** Of the job after the outcome was applied, or not; null when it is gone. */
	status: JobStatus | null;
}

/** The calls with an effect, in their order. */
async function callsFor({
	outcome,
	current,
	output = true,
	repeated = false,
	status,
}: Given): Promise<string[]> {
	const calls: string[] = [];
	const job = status && { status };
	const finished: Finished = { eventId: newId('evt'), jobId: newId('job'), attempt: 1, outcome };
	await finishAttempt(
		{
			holdAttempt: async () => current,
			publishOutput: async () => {
				calls.push('publish');
				return output;
			},
			discardOutputs: async () => {
				calls.push('discard');
			},
			loseAttempt: async () => {
				calls.push('lose');
			},
			settleAttempt: async () => {
				calls.push('settle');
				return { repeated, job };
			},
			readState: async () => job,
		},
		finished,
	);
	return calls;
}

describe('an outcome', () => {
	test.each<[string, Given, string[]]>([
		[
			'a success is published, then applied',
			{ outcome: succeeded, current: true, status: 'succeeded' },
			['publish', 'settle'],
		],
		[
			'an output that is not there is a lost attempt',
			{ outcome: succeeded, current: true, output: false, status: 'running' },
			['publish', 'lose'],
		],
		[
			'a cancel in between takes the output back',
			{ outcome: succeeded, current: true, status: 'canceled' },
			['publish', 'settle', 'discard'],
		],
		[
			'so does a cancel whose job was removed',
			{ outcome: succeeded, current: true, status: null },
			['publish', 'settle', 'discard'],
		],
		[
			'a second delivery leaves the output of a removed job alone',
			{ outcome: succeeded, current: true, repeated: true, status: null },
			['publish', 'settle'],
		],
		[
			'an older attempt changes nothing of a running job',
			{ outcome: succeeded, current: false, status: 'running' },
			[],
		],
		['nor of one that has succeeded', { outcome: succeeded, current: false, status: 'succeeded' }, []],
		['nor of one that is gone', { outcome: succeeded, current: false, status: null }, []],
		[
			'a success too late is thrown away',
			{ outcome: succeeded, current: false, status: 'canceled' },
			['discard'],
		],
		[
			'a failure is applied and cleans up',
			{ outcome: failed, current: true, status: 'failed' },
			['settle', 'discard'],
		],
		[
			'the failure of an older attempt leaves the output of a success alone',
			{ outcome: failed, current: false, status: 'succeeded' },
			['settle'],
		],
		['and that of a running job', { outcome: failed, current: false, status: 'running' }, ['settle']],
	])('%s', async (_, given, expected) => {
		expect(await callsFor(given)).toEqual(expected);
	});
});
