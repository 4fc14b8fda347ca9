import { newId } from '@creatorr/contracts/ids';
import { waitFor } from '@creatorr/testing/wait-for';
import { expect } from '@jest/globals';
import { failed } from './bus.ts';
import type { World } from './world.ts';

/** Queued jobs of one user. */
interface QueuedGroup {
	userId: string;
	count: number;
	priority?: number;
	tool?: string;
	/** How long the tool is expected to take. */
	expectedSeconds?: number;
	/** When the jobs were queued, if not now. */
	createdAt?: Date;
}

/** Returns the row of a queued job. */
export function waitingRow({ userId, tool = 'compress_heavy' }: { userId: string; tool?: string }) {
	return { id: newId('job'), userId, tool, inputFileId: newId('fil'), params: {}, requestId: newId('req') };
}

/** Inserts queued jobs directly into the database, oldest first. Returns their ids. */
export async function fillQueue(world: World, ...groups: QueuedGroup[]): Promise<string[]> {
	const data = groups.flatMap(({ count, priority = 0, createdAt, expectedSeconds, ...group }) =>
		Array.from({ length: count }, () => ({
			...waitingRow(group),
			priority,
			...(createdAt ? { createdAt } : {}),
			...(expectedSeconds === undefined ? {} : { expectedSeconds }),
		})),
	);
	await world.prisma.job.createMany({ data });
	return data.map((job) => job.id);
}

/**
 * Runs jobs in the order of their requests, one at a time as a worker with one slot does, until `count` of the `queued` ones have
 * run. Waits for all due requests first, because replicas may publish two of them in any order.
 */
export async function runSome(
	world: World,
	{ count, queued, ran = [] }: { count: number; queued: number; ran?: string[] },
): Promise<string[]> {
	const worker = world.worker('runner');
	while (ran.length < count) {
		const due = Math.min(ran.length + 2, queued);
		await waitFor(() => expect(world.bus.requested.length).toBeGreaterThanOrEqual(due));
		const jobId = world.bus.requested[ran.length] ?? '';
		await world.bus.finish(jobId, await worker.take(jobId), failed);
		await waitFor(async () => {
			const { status } = await world.prisma.job.findUniqueOrThrow({ where: { id: jobId } });
			expect(status).toBe('failed');
		});
		ran.push(jobId);
	}
	return ran;
}

/** Counts active jobs. */
export function countActiveJobs(
	world: World,
	where: { tool?: string; userId?: string } = {},
): Promise<number> {
	return world.prisma.job.count({
		where: { ...where, status: { in: ['queued', 'running'] }, dispatchedAt: { not: null } },
	});
}

/** Empties the queues between tests. */
export async function emptyQueues(world: World): Promise<void> {
	await world.prisma.job.deleteMany();
	await world.prisma.worker.deleteMany();
	await world.prisma.lastRun.deleteMany();
	await waitFor(async () => expect(await world.prisma.outbox.count()).toBe(0));
	await new Promise((resolve) => setTimeout(resolve, 100));
	world.bus.requested.length = 0;
}
