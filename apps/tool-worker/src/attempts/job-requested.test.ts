import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jobRequested, newEvent } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { claimJob, returnJob } from '@creatorr/contracts/internal/jobs';
import type { InternalClient } from '@creatorr/service/internal-client';
import { describeError } from '@creatorr/service/logger';
import { TEXT } from '@creatorr/tool-kit/files/media-types';
import { createWorkspaces } from '@creatorr/tool-kit/pool/workspaces';
import { failureReport } from '@creatorr/tool-kit/run/failure-report';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { ToolError } from '@creatorr/tool-kit/tool/tool-error';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createBackgroundJobs } from '../scheduling/background-jobs.ts';
import { createFullPrioritySemaphore, type Permit } from '../scheduling/full-priority-semaphore.ts';
import { createAttempts } from './attempts.ts';
import { handleJobRequested, type JobRequestedDeps } from './job-requested.ts';

/** No test waits this long: a job moves to the background when its estimate is longer. */
const LONG_MS = 60_000;
const TIME_SLICE_MS = 50;
const PAGE_MS = 1_000;
const MANY = (2 * LONG_MS) / PAGE_MS;
/** Pages of a file on which the command of the tool fails. */
const BROKEN = 13;

const USER = newId('usr');

let scratchRoot: string;
let store: Server;
beforeAll(async () => {
	scratchRoot = await mkdtemp(join(tmpdir(), 'background-'));
	store = createServer((_, res) => res.setHeader('etag', '"e"').end('x')).listen(0, '127.0.0.1');
	await once(store, 'listening');
});
afterAll(async () => {
	store.close();
	await rm(scratchRoot, { recursive: true });
});

/**
 * Returns a tool that reports its pages and then runs until `finished`, or until its job ends; with 0 pages it ends at once, with
 * {@link BROKEN} because its command fails.
 */
function pagesTool(finished: Promise<void>): Tool {
	const limits = { maxInputBytes: 9, deadline: { baseMs: LONG_MS, perMiBMs: 0, capMs: LONG_MS } };
	return {
		manifest: {
			slug: 'pages',
			title: 'Pages',
			summary: 'Takes as long as it has pages.',
			accepts: [TEXT],
			params: z.strictObject({ pages: z.int().default(1) }),
			limits: { ...limits, memoryBytes: 1024 ** 3, maxFileBytes: 1, maxProcesses: 8 },
			expected: { perMiBMs: 0, perPageMs: PAGE_MS },
			programs: [],
			binaries: [],
			pythonModules: [],
			outputName: (name) => name,
			outputMimeType: () => TEXT,
		},
		async run(input, { estimatePages, exec, signal }) {
			const { pages } = input.params as { pages: number };
			estimatePages(pages);
			signal.throwIfAborted();
			if (pages === BROKEN) {
				const result = await exec('bash', ['-c', 'echo "it broke" >&2; exit 7']);
				throw new ToolError('tool_failed', 'no', { cause: failureReport(result) });
			}
			const output = { outputPath: input.path, warnings: [], details: {} };
			if (pages === 0) return output;
			const ended = once(signal, 'abort').then(() => signal.throwIfAborted());
			await Promise.race([finished, ended]);
			return output;
		},
	} as Tool;
}

interface Job {
	id: string;
	pages: number;
	/** Set by an earlier worker. */
	background?: boolean;
	/** The job that the jobs service preempts for it. */
	preemptedId?: string;
	userId?: string;
}

interface WorkerOptions {
	backgroundSlots: number;
	publish?: () => Promise<void>;
	openFile?: () => Promise<unknown>;
	logInfo?: JobRequestedDeps['logger']['info'];
}

/** The response of the files service to each call. */
const openedFile = async () => ({
	data: {
		name: 'a.txt',
		mime_type: TEXT,
		size_bytes: 1,
		etag: '"e"',
		file_id: newId('fil'),
		download_url: `http://127.0.0.1:${(store.address() as AddressInfo).port}/`,
	},
});

/** A worker with one permit, and fakes of the jobs and files services. */
function startWorker({ backgroundSlots, publish, openFile, logInfo }: WorkerOptions) {
	const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
	const tool = pagesTool(finished);
	const known = new Map<string, Job>();
	const returned: object[] = [];
	const claims: object[] = [];
	const jobs = (async (operation: unknown, { params, body }: { params: { id: string }; body: object }) => {
		if (operation === returnJob) return returned.push({ id: params.id, ...body });
		expect(operation).toBe(claimJob);
		claims.push(body);
		const job = known.get(params.id);
		const granted = { answer: 'granted', attempt: 1, tool: 'pages', params: { pages: job?.pages } };
		const preempted = job?.preemptedId === undefined ? undefined : { job_id: job.preemptedId, attempt: 1 };
		return { data: { ...granted, background: job?.background, preempted, user_id: 'usr', max_pages: 999 } };
	}) as unknown as InternalClient;
	const ignore = () => undefined;
	const attempts = createAttempts();
	const fullPrioritySemaphore = createFullPrioritySemaphore({
		permits: 1,
		longMs: LONG_MS,
		timeSliceMs: TIME_SLICE_MS,
	});
	const permits: Permit[] = [];
	const deps: JobRequestedDeps = {
		jobs,
		attempts,
		workerId: 'worker',
		longMs: LONG_MS,
		files: (openFile ?? openedFile) as unknown as InternalClient,
		publish: publish ?? (async () => undefined),
		tools: new Map([['pages', tool]]),
		workspaces: createWorkspaces([], {
			scratchRoot,
			prewarmedPerTool: 0,
			jobsPerProcess: 1,
			onProblem: ignore,
		}),
		fullPrioritySemaphore: {
			...fullPrioritySemaphore,
			async acquire(userId) {
				const permit = await fullPrioritySemaphore.acquire(userId);
				permits.push(permit);
				return permit;
			},
		},
		backgroundJobs: createBackgroundJobs({ slots: backgroundSlots, slotsPerTool: 1, onError: ignore }),
		sealer: { open: () => ({}) },
		logger: { debug: ignore, info: logInfo ?? ignore, warn: ignore, error: ignore },
	};
	return {
		attempts,
		returned,
		claims,
		/** Deprioritizes the last job that got a permit, as after a long run. */
		deprioritizeLast: () => permits.at(-1)?.deprioritize(),
		/** Resolves when the worker has claimed the job. */
		async claimed({ id }: { id: string }) {
			while (!attempts.leased().some(({ job_id }) => job_id === id)) await sleep(5);
		},
		/** `handled` resolves when the message is acknowledged. */
		handle(job: Omit<Job, 'id'>, id = newId('job'), occurredAt = new Date()) {
			known.set(id, { id, ...job });
			const event = newEvent(
				jobRequested,
				{ job_id: id, tool: 'pages', user_id: job.userId ?? USER },
				newId('req'),
			);
			const message = { ...event, occurred_at: occurredAt.toISOString() };
			return { id, handled: handleJobRequested(deps, message) };
		},
		async stop() {
			finish();
			attempts.abortAll({ includeStoring: true });
			await deps.backgroundJobs.waitForAll();
		},
	};
}

test('a job of many pages moves to the background when its tool has counted them, and reports its run time', async () => {
	const worker = startWorker({ backgroundSlots: 1 });
	const long = worker.handle({ pages: MANY });
	await long.handled;
	const estimate = { background: true, expected_seconds: (MANY * PAGE_MS) / 1000 };
	const computeMs = () => worker.attempts.leased()[0]?.compute_ms ?? 0;
	const before = computeMs();
	expect(worker.attempts.leased()).toEqual([
		{ job_id: long.id, attempt: 1, ...estimate, compute_ms: expect.any(Number) },
	]);
	await sleep(50);
	expect(computeMs()).toBeGreaterThan(before);
	const short = worker.handle({ pages: 1 });
	await worker.claimed(short);
	expect(worker.returned).toEqual([]);
	await worker.stop();
	await short.handled;
});

test('a long job is returned when no background slot is free, and short ones still run', async () => {
	const worker = startWorker({ backgroundSlots: 1 });
	await worker.handle({ pages: MANY }).handled;
	const counted = worker.handle({ pages: MANY });
	await counted.handled;
	const known = worker.handle({ pages: 1, background: true });
	await known.handled;
	expect(worker.returned).toEqual([
		{ id: counted.id, attempt: 1, background: true, expected_seconds: (MANY * PAGE_MS) / 1000 },
		{ id: known.id, attempt: 1, background: true },
	]);
	const short = worker.handle({ pages: 1 });
	await worker.claimed(short);
	await worker.stop();
	await short.handled;
});

test('a job of another user starts within a time slice, and none is returned although no background slot is free', async () => {
	const worker = startWorker({ backgroundSlots: 1 });
	await worker.handle({ pages: MANY }).handled;
	const unknown = worker.handle({ pages: 1 });
	await worker.claimed(unknown);
	const short = worker.handle({ pages: 0, userId: newId('usr') });
	await short.handled;
	expect(worker.attempts.leased().map(({ job_id }) => job_id)).toContain(unknown.id);
	expect(worker.returned).toEqual([]);
	await worker.stop();
	await unknown.handled;
});

test('a job that preempts another one stops it at once and takes its background slot', async () => {
	const worker = startWorker({ backgroundSlots: 1 });
	const preempted = worker.handle({ pages: MANY });
	await preempted.handled;
	const preempting = worker.handle({ pages: 1, background: true, preemptedId: preempted.id });
	await preempting.handled;
	const leased = worker.attempts.leased().map(({ job_id, background }) => [job_id, background]);
	expect(leased).toEqual([[preempting.id, true]]);
	expect(worker.returned).toEqual([]);
	await worker.stop();
});

test('a claim names the background jobs that can’t be preempted because they store their output', async () => {
	const [reported, confirmed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	const publish = () => {
		reported.resolve();
		return confirmed.promise;
	};
	const worker = startWorker({ backgroundSlots: 1, publish });
	const storing = worker.handle({ pages: 0, background: true });
	await reported.promise;
	await storing.handled;
	const next = worker.handle({ pages: 1 });
	await worker.claimed(next);
	expect(worker.claims).toEqual([
		{ worker_id: 'worker', storing: [] },
		{ worker_id: 'worker', storing: [storing.id] },
	]);
	confirmed.resolve();
	await worker.stop();
	await next.handled;
});

test('a message for a job whose outcome is reported is retried until the outcome is applied or rejected', async () => {
	const worker = startWorker({ backgroundSlots: 1 });
	const { id, handled } = worker.handle({ pages: 0 });
	await handled;
	await expect(worker.handle({ pages: 0 }, id).handled).rejects.toMatchObject({
		code: 'upstream_unavailable',
	});
	// As a heartbeat does for an attempt that is no longer the current one.
	worker.attempts.abort(id, 'revoked', 1);
	await worker.handle({ pages: 0 }, id).handled;
	expect(worker.claims).toHaveLength(2);
	await worker.stop();
});

test('an old message for a job whose outcome is reported is acknowledged', async () => {
	const worker = startWorker({ backgroundSlots: 1 });
	const { id, handled } = worker.handle({ pages: 0 });
	await handled;
	await worker.handle({ pages: 0 }, id, new Date(Date.now() - 11_000)).handled;
	expect(worker.claims).toHaveLength(1);
	await worker.stop();
});

test('a job whose tool has ended is not returned while the broker does not confirm its outcome', async () => {
	const [reported, confirmed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	const publish = () => {
		reported.resolve();
		return confirmed.promise;
	};
	const worker = startWorker({ backgroundSlots: 1, publish });
	await worker.handle({ pages: MANY }).handled;
	const finished = worker.handle({ pages: 0 });
	await reported.promise;
	worker.deprioritizeLast();
	const leased = () => worker.attempts.leased().find(({ job_id }) => job_id === finished.id);
	const compute = { compute_ms: expect.any(Number) };
	expect(leased()).toEqual({ job_id: finished.id, attempt: 1, expected_seconds: 0, ...compute });
	const ended = leased();
	await sleep(50);
	expect(leased()).toEqual(ended);
	confirmed.resolve();
	await finished.handled;
	expect(worker.returned).toEqual([]);
	await worker.stop();
});

test('a job whose input can’t be fetched for a while doesn’t count as long', async () => {
	const [called, restored] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	let calls = 0;
	const openFile = async () => {
		calls += 1;
		if (calls > 1) {
			called.resolve();
			await restored.promise;
		}
		return await openedFile();
	};
	const worker = startWorker({ backgroundSlots: 1, openFile });
	await worker.handle({ pages: MANY }).handled;
	const stuck = worker.handle({ pages: 0 });
	await called.promise;
	worker.deprioritizeLast();
	restored.resolve();
	await stuck.handled;
	expect(worker.returned).toEqual([]);
	await worker.stop();
});

test('a job whose command fails is logged with its program, exit code and stderr', async () => {
	const lines: unknown[] = [];
	const logInfo = (event: string, { error, ...fields }: { error?: unknown } = {}) =>
		lines.push([event, fields, describeError(error)]);
	const worker = startWorker({ backgroundSlots: 1, logInfo });
	const job = worker.handle({ pages: BROKEN });
	await job.handled;
	const cause = { command: 'bash', exit_code: 7, signal: null, timed_out: false, stderr: 'it broke' };
	expect(lines).toContainEqual([
		'job.failed',
		{ job_id: job.id, tool: 'pages', code: 'tool_failed' },
		expect.objectContaining({ cause }),
	]);
	await worker.stop();
});
