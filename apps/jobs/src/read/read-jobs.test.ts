import { once } from 'node:events';
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import { newId } from '@creatorr/contracts/ids';
import type { Job } from '@creatorr/contracts/jobs';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Prisma } from '../generated/client.ts';
import { failed, succeeded } from '../testing/bus.ts';
import type { User } from '../testing/user.ts';
import type { Worker } from '../testing/worker.ts';
import { startWorld, type World } from '../testing/world.ts';
import { pollWatchedJobs } from './poll-watched-jobs.ts';

interface EventReader {
	jobs: Job[];
	/** Resolves when the stream has ended, rejects when the connection was cut. */
	ended: Promise<void>;
}

/** Reads a stream of events. `jobs` grows with each event. */
function readEvents(response: Response): EventReader {
	const jobs: Job[] = [];
	async function read(): Promise<void> {
		if (!response.body) throw new Error('the answer has no body');
		let text = '';
		for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
			text += chunk;
			const blocks = text.split('\n\n');
			text = blocks.pop() ?? '';
			for (const block of blocks) {
				const [name, data] = block.split('\n');
				if (name === 'event: job' && data?.startsWith('data: ')) jobs.push(JSON.parse(data.slice(6)));
			}
		}
	}
	return { jobs, ended: read() };
}

let world: World;
let user: User;
/** The same user at the other replica. */
let elsewhere: User;
let stranger: User;
let worker: Worker;

beforeAll(async () => {
	world = await startWorld({ replicas: 2 });
	user = world.user();
	elsewhere = user.at(world.replicas[1]?.url ?? '');
	stranger = world.user();
	worker = world.worker('watched');
});

afterAll(async () => {
	await world?.stop();
});

/** Long enough for the service to hold a request. */
const HELD_MS = 200;

describe('?wait', () => {
	test('responds to a change that another replica made', async () => {
		const jobId = await user.enqueue();
		const waiting = elsewhere.read(jobId, '?wait=20');
		await sleep(HELD_MS);
		await worker.take(jobId);
		expect((await waiting).body.data).toMatchObject({ status: 'running', progress: 0 });
	});

	test('responds to progress', async () => {
		const jobId = await user.enqueue();
		const attempt = await worker.take(jobId);
		const waiting = elsewhere.read(jobId, '?wait=20');
		await sleep(HELD_MS);
		await world.bus.progress(jobId, attempt, 30);
		expect((await waiting).body.data).toMatchObject({ status: 'running', progress: 30 });
	});

	test('responds when the job ends', async () => {
		const jobId = await user.enqueue();
		const attempt = await worker.take(jobId);
		const waiting = [user.read(jobId, '?wait=20'), elsewhere.read(jobId, '?wait=20')];
		await sleep(HELD_MS);
		await world.bus.finish(jobId, attempt, failed);
		for (const response of await Promise.all(waiting)) expect(response.body.data.status).toBe('failed');
	});

	test('sends 102 Processing before it waits', async () => {
		const jobId = await user.enqueue();
		const headers = { [IDENTITY_HEADER]: user.signIdentity() };
		const waiting = get(`${world.url}/v1/jobs/${jobId}?wait=60`, { headers });
		expect(await once(waiting, 'information')).toMatchObject([{ statusCode: 102 }]);
		const response = once(waiting, 'response');
		await user.cancel(jobId);
		expect(await response).toMatchObject([{ statusCode: 200 }]);
		waiting.destroy();
	});

	test('responds after the timeout when nothing changes', async () => {
		const jobId = await user.enqueue();
		const startedAtMs = performance.now();
		const response = await user.read(jobId, '?wait=1');
		expect(response.body.data.status).toBe('queued');
		expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(990);
	});

	test('responds at once for a terminal job', async () => {
		const jobId = await user.enqueue();
		await user.cancel(jobId);
		// If the service held it, the test would time out.
		expect((await user.read(jobId, '?wait=60')).body.data.status).toBe('canceled');
	});

	test('returns 404 at once for another user’s job', async () => {
		const jobId = await user.enqueue();
		expect((await world.user().read(jobId, '?wait=60')).status).toBe(404);
	});

	test('responds to a change after the LISTEN connections were lost', async () => {
		const jobId = await user.enqueue();
		const waiting = elsewhere.read(jobId, '?wait=20');
		await sleep(HELD_MS);
		await world.prisma.$executeRaw`
			SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'creatorr-listen'`;
		await worker.take(jobId);
		expect((await waiting).body.data.status).toBe('running');
	});

	test('responds after one query of the poll when notifications were lost', async () => {
		const [changed, deleted] = [await user.enqueue(), await user.enqueue()];
		const waiting = [changed, changed, changed, deleted].map((jobId) => user.read(jobId, '?wait=20'));
		const notifications = world.replicas[0]?.deps.notifications;
		if (!notifications) throw new Error('there is no replica');
		await waitFor(() =>
			expect(notifications.watchedIds()).toEqual(expect.arrayContaining([changed, deleted])),
		);
		await sleep(HELD_MS);
		await world.prisma.job.update({
			where: { id: changed },
			data: { status: 'canceled', finishedAt: new Date() },
		});
		await world.prisma.job.delete({ where: { id: deleted } });
		let queries = 0;
		const countQueries: typeof world.prisma.$queryRaw = (...query) => {
			queries += 1;
			return world.prisma.$queryRaw(...query);
		};
		const prisma = { $queryRaw: countQueries };
		await pollWatchedJobs.run({ notifications, prisma }, AbortSignal.timeout(10_000));
		const responses = (await Promise.all(waiting)).map(({ status, body }) => body.data?.status ?? status);
		expect([responses, queries]).toEqual([['canceled', 'canceled', 'canceled', 404], 1]);
	});

	test.each(['-1', '61', 'x', '1.5'])('returns 400 for %s', async (wait) => {
		const response = await user.read(newId('job'), `?wait=${wait}`);
		expect([response.status, response.body.error.details[0].path]).toEqual([400, 'query.wait']);
	});
});

describe('a stream of events', () => {
	test('sends every change of any replica until the job has ended', async () => {
		const jobId = await user.enqueue();
		const response = await elsewhere.stream(jobId);
		expect(response.headers.get('content-type')).toContain('text/event-stream');
		const events = readEvents(response);
		await waitFor(() => expect(events.jobs.map((job) => job.status)).toEqual(['queued']));
		const attempt = await worker.take(jobId);
		await waitFor(() => expect(events.jobs.at(-1)?.status).toBe('running'));
		await world.bus.progress(jobId, attempt, 40);
		await waitFor(() => expect(events.jobs.at(-1)?.progress).toBe(40));
		await world.bus.finish(jobId, attempt, succeeded());
		await events.ended;
		expect(events.jobs.map((job) => [job.status, job.progress])).toEqual([
			['queued', 0],
			['running', 0],
			['running', 40],
			['succeeded', 100],
		]);
		expect(events.jobs.at(-1)).toEqual(await user.job(jobId));
	});

	test('sends one event for a terminal job', async () => {
		const jobId = await user.enqueue();
		await user.cancel(jobId);
		const events = readEvents(await user.stream(jobId));
		await events.ended;
		expect(events.jobs).toEqual([await user.job(jobId)]);
	});

	test('returns 404 as JSON for another user’s job', async () => {
		const response = await world.user().stream(await user.enqueue());
		expect([response.status, response.headers.get('content-type')]).toEqual([
			404,
			expect.stringContaining('application/json'),
		]);
		await response.text();
	});
});

describe('a replica that stops', () => {
	test('responds to long polls with the job as it is, and ends streams', async () => {
		const replica = await world.startReplica();
		const there = user.at(replica.url);
		const jobId = await user.enqueue();
		const waiting = there.read(jobId, '?wait=60');
		const events = readEvents(await there.stream(jobId));
		await waitFor(() => expect(events.jobs).toHaveLength(1));
		await replica.stop();
		expect((await waiting).body.data.status).toBe('queued');
		await events.ended;
	});
});

const unknownJob = newId('job');

describe('reading a job', () => {
	test('omits fields that the job doesn’t have', async () => {
		const job = await user.job(await user.enqueue());
		expect(Object.keys(job).sort()).toEqual(
			['created_at', 'id', 'input_file_id', 'params', 'progress', 'status', 'tool'].sort(),
		);
	});

	test('returns the same 404 for another user’s job as for an unknown job', async () => {
		const jobId = await user.enqueue();
		const theirs = await stranger.read(jobId);
		const unknown = await stranger.read(unknownJob);
		expect([theirs.status, theirs.body.error.message]).toEqual([404, unknown.body.error.message]);
	});

	test.each(['', '/events'])('returns 404 for an invalid id (%s)', async (path) => {
		expect((await user.call('GET', `/v1/jobs/x${path}`)).status).toBe(404);
	});
});

describe('listing jobs', () => {
	test('returns the user’s own jobs, newest first, page by page', async () => {
		const someone = world.user();
		const ids: string[] = [];
		for (let count = 0; count < 5; count++) ids.unshift(await someone.enqueue());
		await stranger.enqueue();
		const seen: string[] = [];
		for (let cursor: string | null = ''; cursor !== null; ) {
			const query: string = cursor ? `&cursor=${cursor}` : '';
			const { body } = await someone.call('GET', `/v1/jobs?limit=2${query}`);
			seen.push(...body.data.map((job: { id: string }) => job.id));
			cursor = body.next_cursor;
		}
		expect(seen).toEqual(ids);
	});

	test('serves one list of a user at a time', async () => {
		const { job } = world.replicas[0]?.deps.prisma ?? {};
		if (!job) throw new Error('there is no replica');
		const { findMany } = job;
		let [running, mostAtOnce] = [0, 0];
		const counted = async (input: Parameters<typeof findMany>[0]) => {
			running += 1;
			mostAtOnce = Math.max(mostAtOnce, running);
			return await findMany(input).finally(() => {
				running -= 1;
			});
		};
		job.findMany = counted as typeof findMany;
		try {
			const lists = await Promise.all([1, 2, 3, 4, 5].map(() => user.call('GET', '/v1/jobs?limit=100')));
			expect([lists.map(({ status }) => status), mostAtOnce]).toEqual([Array(5).fill(200), 1]);
		} finally {
			job.findMany = findMany;
		}
	});

	test('has no cursor at the last page', async () => {
		const someone = world.user();
		await someone.enqueue();
		await someone.enqueue();
		const { body } = await someone.call('GET', '/v1/jobs?limit=2');
		expect([body.data.length, body.next_cursor]).toEqual([2, null]);
	});

	test('filters by status and tool', async () => {
		const someone = world.user();
		const ocr = await someone.enqueue('ocr');
		const compress = await someone.enqueue('compress_heavy');
		await someone.cancel(compress);
		const list = async (query: string) =>
			(await someone.call('GET', `/v1/jobs?${query}`)).body.data.map((job: { id: string }) => job.id);
		expect(await list('status=canceled')).toEqual([compress]);
		expect(await list('tool=ocr')).toEqual([ocr]);
		expect(await list('tool=ocr&status=canceled')).toEqual([]);
	});

	test.each([
		['another tool when it filters by tool', Prisma.sql`tool = 'compress_heavy'`, 'jobs_user_id_tool_id_idx'],
		[
			'another status when it filters by tool and status',
			Prisma.sql`tool = 'ocr' AND status = 'failed'`,
			'jobs_user_id_tool_status_id_idx',
		],
	])('reads no job of %s', async (_, filter, index) => {
		const someone = world.user();
		await world.prisma.$executeRaw`
			INSERT INTO jobs (id, user_id, tool, status, input_file_id, params, request_id, finished_at)
			SELECT 'job_01JZZZZZZZ' || lpad(made::text, 16, '0'), ${someone.id}, 'ocr', 'canceled', 'fil_x', '{}', 'req_x', now()
			FROM generate_series(1, 5000) AS made`;
		await world.prisma.$executeRaw`ANALYZE jobs`;
		const [{ 'QUERY PLAN': plans } = { 'QUERY PLAN': [] }] = await world.prisma.$queryRaw<
			{ 'QUERY PLAN': { Plan: object }[] }[]
		>`
			EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM jobs
			WHERE user_id = ${someone.id} AND ${filter} ORDER BY id DESC LIMIT 20`;
		const plan = JSON.stringify(plans);
		expect(plan).toContain(index);
		// Rows that a scan read and did not need.
		expect(plan).not.toMatch(/"Rows Removed by Filter":[1-9]/);
		await world.prisma.job.deleteMany({ where: { userId: someone.id } });
	});

	test('finds the user’s job that was created with a key', async () => {
		const someone = world.user();
		const key = 'a b&1';
		const jobOf = async (owner: User) => {
			const response = await owner.create({ tool: 'ocr', input_file_id: newId('fil') }, key);
			return response.body.data.id;
		};
		const jobs = [await jobOf(someone), await jobOf(stranger)];
		await someone.enqueue('ocr');
		const find = async (owner: User, query: string) => {
			const { body } = await owner.call('GET', `/v1/jobs?idempotency_key=${query}`);
			return body.data.map((job: { id: string }) => job.id);
		};
		const encodedKey = encodeURIComponent(key);
		expect([await find(someone, encodedKey), await find(stranger, encodedKey)]).toEqual([
			[jobs[0]],
			[jobs[1]],
		]);
		expect(await find(someone, 'another')).toEqual([]);
		expect(await find(someone, `${encodedKey}&status=canceled`)).toEqual([]);
	});

	test.each(['idempotency_key=', 'status=done', 'limit=0', 'limit=101', 'cursor=abc', 'tool=%00'])(
		'returns 400 for ?%s',
		async (query) => {
			const response = await user.call('GET', `/v1/jobs?${query}`);
			expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
		},
	);
});

test('refuses workers', async () => {
	const response = await fetch(`${world.url}/v1/jobs`, {
		headers: { 'x-creatorr-identity': world.identities.sign['tool-worker']() },
	});
	expect(response.status).toBe(401);
});
