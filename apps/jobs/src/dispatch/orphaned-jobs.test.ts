import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { waitingRow } from '../testing/queue.ts';
import { startWorld, type World } from '../testing/world.ts';

let world: World;

beforeAll(async () => {
	world = await startWorld();
});

afterAll(async () => {
	await world?.stop();
});

describe('a job whose tool has left the catalog', () => {
	const LONG_AGO = new Date(Date.now() - 2 * 60 * 60_000);
	const running = {
		status: 'running' as const,
		attempt: 1,
		startedAt: LONG_AGO,
		dispatchedAt: LONG_AGO,
	};

	async function jobOf(userId: string, change: object): Promise<string> {
		const row = waitingRow({ userId, tool: 'gone' });
		await world.prisma.job.create({ data: { ...row, createdAt: LONG_AGO, ...change } });
		return row.id;
	}

	test('fails with a message, whether it waits or has lost its worker', async () => {
		const user = world.user();
		const ids = [await jobOf(user.id, {}), await jobOf(user.id, running)];
		const replica = await world.startReplica();
		for (const id of ids) {
			await waitFor(async () => {
				const job = await user.job(id);
				expect([job.status, job.error_code]).toEqual(['failed', 'tool_failed']);
				expect(job.error_message).toContain('no longer available');
				expect(world.files.discarded.has(id)).toBe(true);
			});
		}
		await replica.stop();
	});

	test('is kept while a worker runs it or has its tool, or during a rolling update', async () => {
		const user = world.user();
		const leased = await jobOf(user.id, {
			...running,
			workerId: 'old',
			leaseExpiresAt: new Date(Date.now() + 600_000),
		});
		const young = await jobOf(user.id, { createdAt: new Date() });
		const offered = await jobOf(user.id, { tool: 'leaving' });
		const ended = await jobOf(user.id, {});
		await world.worker('old').heartbeat({ leaving: 1 });
		const replica = await world.startReplica();
		await waitFor(async () => expect((await user.job(ended)).status).toBe('failed'));
		for (const id of [young, offered]) expect((await user.job(id)).status).toBe('queued');
		expect((await user.job(leased)).status).toBe('running');
		await replica.stop();
	});
});
