import type { JobOutcome } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { silent } from '@creatorr/testing/silent';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cancelOwnJob } from '../cancel/cancel-job.sql.ts';
import { startDatabase } from '../testing/database.ts';
import { type FinishedAttempt, finishAttempt } from './finish.sql.ts';
import { applyOutcome } from './finish.ts';

const result = { bytes_in: 2, bytes_out: 1, duration_ms: 1, warnings: [] };
const succeeded: JobOutcome = { status: 'succeeded', output_file_id: newId('fil'), result };
const failed: JobOutcome = { status: 'failed', error_code: 'timeout', error_message: 'too slow' };
const userId = newId('usr');
const ATTEMPT = 2;

let database: Awaited<ReturnType<typeof startDatabase>>;

beforeAll(async () => {
	database = await startDatabase();
});

afterAll(() => database?.stop());

interface Case {
	outcome: JobOutcome;
	/** The attempt that reports the outcome; the current one by default. */
	attempt?: number;
	/** Happens before the outcome is applied. */
	before?(jobId: string, finished: FinishedAttempt): Promise<unknown>;
	/** Happens while the output is published. */
	meanwhile?(jobId: string, finished: FinishedAttempt): Promise<unknown>;
	/** Whether the files service has the output. */
	hasOutput?: boolean;
	/** The calls to the files service, then the status of the job. */
	expected: (string | undefined)[];
}

const cancel = (jobId: string) => cancelOwnJob(database.prisma, { jobId, userId, requestId: newId('req') });
const remove = (jobId: string) => database.prisma.job.delete({ where: { id: jobId } });
const finish = (_: string, finished: FinishedAttempt) => finishAttempt(database.prisma, finished);

const CASES: Record<string, Case> = {
	'publishes the output of a success, then ends the job': {
		outcome: succeeded,
		expected: ['publish', 'succeeded'],
	},
	'counts the attempt as lost when the files service does not have the output': {
		outcome: succeeded,
		hasOutput: false,
		expected: ['publish', 'running'],
	},
	'discards the output when the job was canceled meanwhile': {
		outcome: succeeded,
		meanwhile: cancel,
		expected: ['publish', 'discard', 'canceled'],
	},
	'discards the output when the job was canceled and deleted meanwhile': {
		outcome: succeeded,
		meanwhile: (jobId) => cancel(jobId).then(() => remove(jobId)),
		expected: ['publish', 'discard', undefined],
	},
	'keeps the output of a deleted job when another delivery has applied the outcome': {
		outcome: succeeded,
		meanwhile: (jobId, finished) => finish(jobId, finished).then(() => remove(jobId)),
		expected: ['publish', undefined],
	},
	'ignores the success of an older attempt of a running job': {
		outcome: succeeded,
		attempt: ATTEMPT - 1,
		expected: ['running'],
	},
	'ignores the success of an older attempt of a succeeded job': {
		outcome: succeeded,
		attempt: ATTEMPT - 1,
		before: (jobId, finished) => finish(jobId, { ...finished, eventId: newId('evt'), attempt: ATTEMPT }),
		expected: ['succeeded'],
	},
	'ignores the success of a deleted job': { outcome: succeeded, before: remove, expected: [undefined] },
	'discards the output of a success after the job was canceled': {
		outcome: succeeded,
		before: cancel,
		expected: ['discard', 'canceled'],
	},
	'discards outputs after a failure': { outcome: failed, expected: ['discard', 'failed'] },
	'keeps the output of a success when an older attempt fails': {
		outcome: failed,
		attempt: ATTEMPT - 1,
		before: (jobId, finished) =>
			finish(jobId, { ...finished, eventId: newId('evt'), attempt: ATTEMPT, outcome: succeeded }),
		expected: ['succeeded'],
	},
	'ignores the failure of an older attempt of a running job': {
		outcome: failed,
		attempt: ATTEMPT - 1,
		expected: ['running'],
	},
};

test.each(Object.keys(CASES))('%s', async (name) => {
	const { outcome, attempt = ATTEMPT, before, meanwhile, hasOutput = true, expected } = CASES[name] as Case;
	const jobId = newId('job');
	const request = { userId, tool: 'ocr', inputFileId: newId('fil'), params: {}, requestId: newId('req') };
	const lease = { workerId: 'w', leaseExpiresAt: new Date(Date.now() + 60_000), dispatchedAt: new Date() };
	await database.prisma.job.create({
		data: { id: jobId, ...request, ...lease, status: 'running', startedAt: new Date(), attempt: ATTEMPT },
	});
	const finished: FinishedAttempt = { eventId: newId('evt'), jobId, attempt, outcome };
	await before?.(jobId, finished);
	const calls: string[] = [];
	const files = {
		async publishOutput() {
			calls.push('publish');
			await meanwhile?.(jobId, finished);
			return hasOutput;
		},
		async discardOutputs() {
			calls.push('discard');
		},
	};
	const warnings: string[] = [];
	const logger = { ...silent, warn: (event: string) => warnings.push(event) };
	await applyOutcome({ prisma: database.prisma, files, logger, wakeDispatch: () => undefined }, finished);
	const job = await database.prisma.job.findUnique({ where: { id: jobId } });
	expect([...calls, job?.status]).toEqual(expected);
	expect(job?.lostAttempts ?? 0).toBe(hasOutput ? 0 : 1);
	expect(warnings).toEqual(hasOutput ? [] : ['job.output_missing']);
});
