import { readFile } from 'node:fs/promises';
import type { JobOutcome } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { PLANS } from '@creatorr/contracts/plans';
import { silent } from '@creatorr/testing/silent';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cancelOwnJob } from '../cancel/cancel-job.sql.ts';
import type { Prisma } from '../generated/client.ts';
import { startDatabase } from '../testing/database.ts';
import { claimJob } from './claim.sql.ts';
import { type FinishedAttempt, finishAttempt, rejectOutcome, startFinishing } from './finish.sql.ts';
import { applyOutcome } from './finish.ts';
import { recordHeartbeat } from './heartbeat.sql.ts';
import { loseExpiredAttempts } from './lose.sql.ts';
import { returnAttempt } from './return.sql.ts';
import {
	type AttemptState,
	type AttemptTransition,
	attemptState,
	failureAfterLoss,
	TRANSITIONS,
} from './transitions.ts';

const STATES = Object.keys(TRANSITIONS) as AttemptState[];
const NAMES = Object.keys(TRANSITIONS.running) as AttemptTransition[];
const ATTEMPT = 2;
const WORKER = 'w';
const userId = newId('usr');
const leaseMs = 60_000;
/** In the past, so that the lease can be lost in every state that has one. */
const leaseExpiresAt = new Date(Date.now() - 1_000);

/** The columns of a job whose attempt has the state. */
const COLUMNS: Record<AttemptState, Omit<Prisma.JobCreateManyInput, keyof ReturnType<typeof jobRow>>> = {
	running: { workerId: WORKER, leaseExpiresAt },
	finishing: { workerId: WORKER, leaseExpiresAt, finishing: true },
	lost: { workerId: WORKER, lostAttempts: 1 },
	unassigned: { returnedAttempts: 1 },
	ended: { status: 'canceled', workerId: WORKER, finishedAt: new Date() },
};

function jobRow() {
	const id = newId('job');
	const request = { userId, tool: 'ocr', inputFileId: newId('fil'), params: {}, requestId: newId('req') };
	return { id, ...request, attempt: ATTEMPT, startedAt: new Date(), dispatchedAt: new Date() };
}

/** What claims of background jobs need in addition. */
const preemption = {
	plans: PLANS,
	unverifiedActiveJobs: 0,
	starvationTimeoutMs: 600_000,
	workerLifetimeMs: leaseMs,
};

const failed: JobOutcome = { status: 'failed', error_code: 'timeout', error_message: 'too slow' };
const result = { bytes_in: 2, bytes_out: 1, duration_ms: 1, warnings: [] };
const succeeded: JobOutcome = { status: 'succeeded', output_file_id: newId('fil'), result };

let database: Awaited<ReturnType<typeof startDatabase>>;

beforeAll(async () => {
	database = await startDatabase();
});

afterAll(() => database?.stop());

async function jobIn(state: AttemptState, change: object = {}): Promise<string> {
	const data = { status: 'running' as const, ...jobRow(), ...COLUMNS[state], ...change };
	await database.prisma.job.create({ data });
	return data.id;
}

const rowOf = (id: string) => database.prisma.job.findUniqueOrThrow({ where: { id } });

const run: Record<AttemptTransition, (jobId: string, attempt: number) => Promise<unknown>> = {
	renewLease: (jobId, attempt) =>
		recordHeartbeat(database.prisma, {
			workerId: WORKER,
			leaseMs,
			heartbeat: { slots: {}, capabilities: {}, running: [{ job_id: jobId, attempt }] },
		}),
	startFinishing: (jobId, attempt) => startFinishing(database.prisma, { jobId, attempt }),
	finishAttempt: (jobId, attempt) =>
		finishAttempt(database.prisma, { eventId: newId('evt'), jobId, attempt, outcome: failed }),
	returnAttempt: (jobId, attempt) => returnAttempt(database.prisma, { jobId, attempt }),
	loseAttempt: () => loseExpiredAttempts(database.prisma),
	rejectOutcome: (jobId, attempt) =>
		rejectOutcome(database.prisma, { eventId: newId('evt'), jobId, attempt }),
	cancelJob: (jobId) => cancelOwnJob(database.prisma, { jobId, userId, requestId: newId('req') }),
};

describe.each(STATES)('an attempt that is %s', (state) => {
	test('is recognized by its columns', async () => {
		expect(attemptState(await rowOf(await jobIn(state)))).toBe(state);
	});

	test.each(NAMES)('changes on %s as the table says', async (name) => {
		const id = await jobIn(state);
		const before = await rowOf(id);
		await run[name](id, ATTEMPT);
		const after = await rowOf(id);
		const next = TRANSITIONS[state][name];
		expect(attemptState(after)).toBe(next ?? state);
		if (next === undefined) expect(after).toEqual(before);
	});

	test.each(NAMES.filter((name) => name !== 'loseAttempt' && name !== 'cancelJob'))(
		'does not change on %s of another attempt',
		async (name) => {
			for (const attempt of [ATTEMPT - 1, ATTEMPT + 1]) {
				const id = await jobIn(state);
				const before = await rowOf(id);
				await run[name](id, attempt);
				expect(await rowOf(id)).toEqual(before);
			}
		},
	);

	test('is granted again or not, as the README says', async () => {
		const claimAs = async (workerId: string) => {
			const jobId = await jobIn(state);
			return (await claimJob(database.prisma, { ...preemption, jobId, workerId, leaseMs })).answer;
		};
		const expected = {
			running: ['granted', 'held'],
			finishing: ['held', 'held'],
			lost: ['granted', 'granted'],
			unassigned: ['granted', 'granted'],
			ended: ['unwanted', 'unwanted'],
		};
		expect([await claimAs(WORKER), await claimAs('another')]).toEqual(expected[state]);
	});
});

test.each(['loseAttempt', 'rejectOutcome'] as const)(
	'%s of the third attempt fails its job',
	async (name) => {
		const id = await jobIn('running', { lostAttempts: 2 });
		await run[name](id, ATTEMPT);
		const row = await rowOf(id);
		expect([attemptState(row), row.errorCode]).toEqual(['ended', 'worker_lost']);
	},
);

test('a queued job is granted, and a deleted one is unwanted', async () => {
	const jobId = await jobIn('unassigned', { status: 'queued', attempt: 0, startedAt: null });
	const claim = (id: string) =>
		claimJob(database.prisma, { ...preemption, jobId: id, workerId: WORKER, leaseMs });
	expect(await claim(jobId)).toMatchObject({ answer: 'granted', attempt: 1 });
	expect(attemptState(await rowOf(jobId))).toBe('running');
	expect(await claim(newId('job'))).toEqual({ answer: 'unwanted' });
});

test('a valid lease is not lost', async () => {
	const jobId = await jobIn('running', { leaseExpiresAt: new Date(Date.now() + leaseMs) });
	await loseExpiredAttempts(database.prisma);
	expect(attemptState(await rowOf(jobId))).toBe('running');
});

test('the third lost attempt fails its job', () => {
	expect(failureAfterLoss({ lostAttempts: 0 })).toBeNull();
	expect(failureAfterLoss({ lostAttempts: 1 })).toBeNull();
	expect(failureAfterLoss({ lostAttempts: 2 })).toMatchObject({ code: 'worker_lost' });
});

test('README.md shows the state table', async () => {
	const cells = (state: AttemptState) => NAMES.map((name) => TRANSITIONS[state][name] ?? '–');
	const rows = [
		['', ...NAMES.map((name) => `\`${name}\``)],
		['', ...NAMES].map(() => '---'),
		...STATES.map((state) => [`**${state}**`, ...cells(state)]),
	];
	const table = rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
	expect(await readFile(new URL('README.md', import.meta.url), 'utf8')).toContain(table);
});

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
	/** Attempts that were lost before this one. */
	lostAttempts?: number;
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
	'discards earlier outputs when the files service does not have the output of the third lost attempt': {
		outcome: succeeded,
		hasOutput: false,
		lostAttempts: 2,
		expected: ['publish', 'discard', 'failed'],
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
	const {
		outcome,
		attempt = ATTEMPT,
		hasOutput = true,
		lostAttempts = 0,
		expected,
		...events
	} = CASES[name] as Case;
	const jobId = await jobIn('running', { leaseExpiresAt: new Date(Date.now() + leaseMs), lostAttempts });
	const finished: FinishedAttempt = { eventId: newId('evt'), jobId, attempt, outcome };
	await events.before?.(jobId, finished);
	const calls: string[] = [];
	const files = {
		async publishOutput() {
			calls.push('publish');
			await events.meanwhile?.(jobId, finished);
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
	expect(job?.lostAttempts ?? 0).toBe(lostAttempts + (hasOutput ? 0 : 1));
	expect(warnings).toEqual(hasOutput ? [] : ['job.output_missing']);
});

test('a heartbeat doesn’t shorten the lease of an attempt whose outcome is being applied', async () => {
	const jobId = await jobIn('running', { leaseExpiresAt: new Date(Date.now() + 10_000) });
	await startFinishing(database.prisma, { jobId, attempt: ATTEMPT });
	const finishing = (await rowOf(jobId)).leaseExpiresAt;
	const running = [{ job_id: jobId, attempt: ATTEMPT }];
	const heartbeat = { slots: {}, capabilities: {}, running };
	const { renewedIds } = await recordHeartbeat(database.prisma, {
		workerId: WORKER,
		heartbeat,
		leaseMs: 10_000,
	});
	expect([...renewedIds]).toEqual([jobId]);
	expect((await rowOf(jobId)).leaseExpiresAt).toEqual(finishing);
});
