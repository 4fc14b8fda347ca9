import { newId } from '@creatorr/contracts/ids';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { releaseJobs } from '../src/data/release-jobs.ts';
import { failed } from './support/bus.ts';
import { pause, until } from './support/until.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;

beforeAll(async () => {
	world = await startWorld({ replicas: 2 });
});

/** Each test has the queues to itself. */
afterEach(async () => {
	await world.prisma.job.deleteMany();
	await world.prisma.worker.deleteMany();
	await until(async () => expect(await world.prisma.outbox.count()).toBe(0));
	await pause(100);
	world.bus.requested.length = 0;
});

afterAll(async () => {
	await world?.stop();
});

const TOOL = 'compress_heavy';

interface Waiting {
	userId: string;
	count: number;
	priority?: number;
}

function row(userId: string) {
	return {
		id: newId('job'),
		userId,
		tool: TOOL,
		inputFileId: newId('fil'),
		params: {},
		requestId: newId('req'),
	};
}

/** Puts waiting jobs into the queue at once and past the service, oldest first; answers their ids. */
async function fillQueue(...groups: Waiting[]): Promise<string[]> {
	const data = groups.flatMap(({ userId, count, priority = 0 }) =>
		Array.from({ length: count }, () => ({ ...row(userId), priority })),
	);
	await world.prisma.job.createMany({ data });
	return data.map((job) => job.id);
}

/**
 * Runs jobs in the order in which they are asked for, one at a time as a worker with one slot does, until `count` have run of
 * the `queued` ones. Waits for each request that is due first: replicas may publish two of them in any order.
 */
async function runSome(count: number, queued: number, ran: string[] = []): Promise<string[]> {
	const worker = world.worker('runner');
	while (ran.length < count) {
		const due = Math.min(ran.length + 2, queued);
		await until(() => expect(world.bus.requested.length).toBeGreaterThanOrEqual(due));
		const jobId = world.bus.requested[ran.length] ?? '';
		await world.bus.finish(jobId, await worker.take(jobId), failed);
		await until(async () => {
			const { status } = await world.prisma.job.findUniqueOrThrow({ where: { id: jobId } });
			expect(status).toBe('failed');
		});
		ran.push(jobId);
	}
	return ran;
}

function inFlight(): Promise<number> {
	return world.prisma.job.count({
		where: { tool: TOOL, status: { in: ['queued', 'running'] }, releasedAt: { not: null } },
	});
}

describe('without a worker', () => {
	test('only the margin is released, and the rest waits where order can change', async () => {
		const user = world.user();
		for (let count = 0; count < 5; count++) await user.enqueue(TOOL);
		await until(() => expect(world.bus.requested).toHaveLength(1));
		await pause(500);
		expect(await inFlight()).toBe(1);
	});
});

describe('workers', () => {
	test('get as many as they have slots for, and one more', async () => {
		const user = world.user();
		await fillQueue({ userId: user.id, count: 20 });
		await world.worker('a').beat({ [TOOL]: 3 });
		await world.worker('b', 1).beat({ [TOOL]: 2, ocr: 9 });
		await until(() => expect(world.bus.requested).toHaveLength(6));
		await pause(500);
		expect(await inFlight()).toBe(6);
	});

	test('that were not heard for a lease count for nothing', async () => {
		await world.prisma.worker.create({
			data: { id: 'old', slots: { [TOOL]: 50 }, seenAt: new Date(Date.now() - 61_000) },
		});
		await fillQueue({ userId: newId('usr'), count: 20 });
		await until(() => expect(world.bus.requested).toHaveLength(1));
		await pause(2_500);
		expect(await inFlight()).toBe(1);
	});

	test('get the next job when one has ended, been canceled or failed', async () => {
		const user = world.user();
		const ids: string[] = [];
		for (let count = 0; count < 4; count++) ids.push(await user.enqueue(TOOL));
		await until(() => expect(world.bus.requested).toEqual(ids.slice(0, 1)));
		await user.cancel(ids[0] ?? '');
		await until(() => expect(world.bus.requested).toEqual(ids.slice(0, 2)));
		const attempt = await world.worker('a').take(ids[1] ?? '');
		await world.bus.finish(ids[1] ?? '', attempt, failed);
		await until(() => expect(world.bus.requested).toEqual(ids.slice(0, 3)));
	});

	test('get no job twice and none too many when many processes release at once', async () => {
		await world.prisma.worker.create({ data: { id: 'a', slots: { ocr: 4 }, seenAt: new Date() } });
		const data = Array.from({ length: 50 }, () => ({ ...row(newId('usr')), tool: 'ocr' }));
		await world.prisma.job.createMany({ data });
		const input = { tool: 'ocr', margin: 1, workerLifetimeMs: 60_000, unclaimedAfterMs: 60_000 };
		await Promise.all(Array.from({ length: 40 }, () => releaseJobs(world.prisma, input)));
		const released = await world.prisma.job.findMany({ where: { tool: 'ocr', releasedAt: { not: null } } });
		expect(released).toHaveLength(5);
		await until(() => expect(world.bus.requested.length).toBeGreaterThanOrEqual(5));
		await pause(300);
		expect([...world.bus.requested].sort()).toEqual(released.map((job) => job.id).sort());
	});

	test('never get more than fits, however busy two replicas are', async () => {
		await world.worker('a').beat({ [TOOL]: 4 });
		const users = [world.user(0), world.user(1), world.user(0), world.user(1)];
		const over: number[] = [];
		let watching = true;
		const watched = (async () => {
			while (watching) over.push(await inFlight());
		})();
		await Promise.all(
			users.flatMap((user) => Array.from({ length: 25 }, async () => user.cancel(await user.enqueue(TOOL)))),
		);
		await Promise.all(users.flatMap((user) => Array.from({ length: 25 }, () => user.enqueue(TOOL))));
		await until(async () => expect(await inFlight()).toBe(5));
		watching = false;
		await watched;
		expect(Math.max(...over)).toBeLessThanOrEqual(5);
	});
});

describe('users', () => {
	test('with one job wait for one job of a user who queued 500, not for all', async () => {
		const busy = newId('usr');
		await world.worker('runner').beat({ [TOOL]: 1 });
		await fillQueue({ userId: busy, count: 500 });
		const ran = await runSome(3, 500);
		await until(() => expect(world.bus.requested).toHaveLength(5));
		const single = await world.user().enqueue(TOOL);
		await runSome(6, 501, ran);
		// The fourth was with the worker when the job came, and the fifth waited at the broker.
		expect(ran.indexOf(single)).toBe(5);
	});

	test('take turns, each with their own oldest job first', async () => {
		await world.worker('runner').beat({ [TOOL]: 1 });
		const groups = [newId('usr'), newId('usr')].map((userId) => ({ userId, count: 3 }));
		const ids = await fillQueue(...groups);
		const [a, b] = [ids.slice(0, 3), ids.slice(3)];
		const ran = await runSome(6, 6);
		expect(ran.filter((id) => a.includes(id))).toEqual(a);
		expect(ran.filter((id) => b.includes(id))).toEqual(b);
		for (const turn of [0, 2, 4]) {
			expect(ran.slice(turn, turn + 2).filter((id) => a.includes(id))).toHaveLength(1);
		}
	});

	test('of a higher priority go first', async () => {
		const ids = await fillQueue(
			{ userId: newId('usr'), count: 10 },
			{ userId: newId('usr'), count: 1, priority: 10 },
		);
		await until(() => expect(world.bus.requested).toHaveLength(1));
		expect(world.bus.requested).toEqual(ids.slice(-1));
	});
});

test('with 10,000 queued the one job of another user is among the first', async () => {
	await fillQueue(...Array.from({ length: 20 }, () => ({ userId: newId('usr'), count: 500 })));
	const single = await world.user().enqueue(TOOL);
	await world.worker('big').beat({ [TOOL]: 20 });
	await until(() => expect(world.bus.requested.length).toBe(21));
	expect(world.bus.requested).toContain(single);
	expect(await inFlight()).toBe(21);
});

describe('a request that was lost', () => {
	test('is sent again when a worker is free', async () => {
		const user = world.user();
		const jobId = await user.enqueue(TOOL);
		await until(() => expect(world.bus.timesRequested(jobId)).toBe(1));
		await world.worker('a').beat({ [TOOL]: 1 });
		await world.prisma.job.update({
			where: { id: jobId },
			data: { releasedAt: new Date(Date.now() - 61_000) },
		});
		await until(() => expect(world.bus.timesRequested(jobId)).toBe(2));
		await pause(2_500);
		expect(world.bus.timesRequested(jobId)).toBe(2);
	});

	test('is not sent again while all workers are busy', async () => {
		const user = world.user();
		const [running, waiting] = [await user.enqueue(TOOL), await user.enqueue(TOOL)];
		const worker = world.worker('a');
		await worker.beat({ [TOOL]: 1 });
		await until(() => expect(world.bus.requested).toHaveLength(2));
		await worker.take(running);
		await world.prisma.job.update({
			where: { id: waiting },
			data: { releasedAt: new Date(Date.now() - 61_000) },
		});
		await pause(2_500);
		expect(world.bus.timesRequested(waiting)).toBe(1);
	});
});
