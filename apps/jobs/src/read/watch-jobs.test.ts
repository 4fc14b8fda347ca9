import { once } from 'node:events';
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import { newId } from '@creatorr/contracts/ids';
import type { Job } from '@creatorr/contracts/jobs';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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
let worker: Worker;

beforeAll(async () => {
	world = await startWorld({ replicas: 2 });
	user = world.user();
	elsewhere = user.at(world.replicas[1]?.url ?? '');
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
		const headers = { [IDENTITY_HEADER]: user.identity };
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
