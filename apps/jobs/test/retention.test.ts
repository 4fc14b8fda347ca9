import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { until } from './support/until.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;

beforeAll(async () => {
	world = await startWorld();
});

afterAll(async () => {
	await world?.stop();
});

const DAY_MS = 24 * 60 * 60 * 1000;

test('what was kept long enough is removed, and nothing else', async () => {
	const user = world.user();
	const endedDaysAgo = async (days: number) => {
		const jobId = await user.enqueue();
		await user.cancel(jobId);
		const finishedAt = new Date(Date.now() - days * DAY_MS);
		await world.prisma.job.update({ where: { id: jobId }, data: { finishedAt } });
		return jobId;
	};
	const [old, recent] = [await endedDaysAgo(91), await endedDaysAgo(89)];
	const waiting = await user.enqueue();
	await world.prisma.job.update({ where: { id: waiting }, data: { createdAt: new Date(0) } });
	await user.create({ tool: 'ocr', input_file_id: newId('fil') }, 'old');
	await user.create({ tool: 'ocr', input_file_id: newId('fil') }, 'recent');
	await world.prisma.idempotencyKey.update({
		where: { userId_key: { userId: user.id, key: 'old' } },
		data: { createdAt: new Date(Date.now() - DAY_MS - 1_000) },
	});
	await world.prisma.worker.create({
		data: { id: 'gone', slots: {}, seenAt: new Date(Date.now() - 2 * DAY_MS) },
	});
	// The janitor works when a replica starts, and from time to time after that.
	const replica = await world.startReplica();
	await until(async () => expect((await user.read(old)).status).toBe(404));
	expect((await user.read(recent)).status).toBe(200);
	expect((await user.read(waiting)).status).toBe(200);
	const keys = await world.prisma.idempotencyKey.findMany({ where: { userId: user.id } });
	expect(keys.map(({ key }) => key)).toEqual(['recent']);
	expect(await world.prisma.worker.count({ where: { id: 'gone' } })).toBe(0);
	await replica.stop();
});
