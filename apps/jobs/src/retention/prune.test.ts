import { newEvent, planChanged } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitingRow } from '../testing/queue.ts';
import { startWorld, type World } from '../testing/world.ts';
import { pruneBeyondCount } from './prune.sql.ts';

let world: World;

beforeAll(async () => {
	world = await startWorld();
});

afterAll(async () => {
	await world?.stop();
});

const DAY_MS = 24 * 60 * 60 * 1000;

test('deletes rows after their retention, and no others', async () => {
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
	const view = { operator: 'ada', action: 'user_viewed', userId: user.id };
	await world.prisma.operatorAction.createMany({
		data: [366, 364].map((days) => ({ ...view, occurredAt: new Date(Date.now() - days * DAY_MS) })),
	});
	await world.prisma.worker.create({
		data: { id: 'gone', slots: {}, seenAt: new Date(Date.now() - 2 * DAY_MS) },
	});
	// The task runs when a replica starts, and every 10 minutes after that.
	const replica = await world.startReplica();
	await waitFor(async () => expect((await user.read(old)).status).toBe(404));
	expect((await user.read(recent)).status).toBe(200);
	expect((await user.read(waiting)).status).toBe(200);
	const keys = await world.prisma.idempotencyKey.findMany({ where: { userId: user.id } });
	expect(keys.map(({ key }) => key)).toEqual(['recent']);
	expect(await world.prisma.worker.count({ where: { id: 'gone' } })).toBe(0);
	expect(await world.prisma.operatorAction.count({ where: { userId: user.id } })).toBe(1);
	await replica.stop();
});

test('deletes more than a batch of old keys and jobs in one run', async () => {
	const user = world.user();
	const past = new Date(Date.now() - 91 * DAY_MS);
	const rows = Array.from({ length: 2_500 }, () => waitingRow({ userId: user.id }));
	await world.prisma.job.createMany({
		data: rows.map((row) => ({ ...row, status: 'canceled' as const, finishedAt: past })),
	});
	await world.prisma.idempotencyKey.createMany({
		data: rows.map(({ id }) => ({
			userId: user.id,
			key: id,
			fingerprint: '',
			response: {},
			createdAt: past,
		})),
	});
	const replica = await world.startReplica();
	await waitFor(async () => {
		expect(await world.prisma.job.count({ where: { userId: user.id } })).toBe(0);
		expect(await world.prisma.idempotencyKey.count({ where: { userId: user.id } })).toBe(0);
	});
	await replica.stop();
});

test('deletes the oldest ended jobs of a user with more than are kept', async () => {
	const user = world.user();
	const ids = Array.from({ length: 6 }, () => newId('job'));
	const [waiting = '', ...ended] = ids;
	await world.prisma.job.createMany({
		data: ids.map((id) => ({
			...waitingRow({ userId: user.id }),
			id,
			...(id === waiting ? {} : { status: 'canceled' as const, finishedAt: new Date() }),
		})),
	});
	const idsOf = async (userId: string) =>
		(await world.prisma.job.findMany({ where: { userId }, orderBy: { id: 'asc' } })).map(({ id }) => id);
	const other = world.user();
	await other.enqueue();
	const since = new Date(Date.now() - 60_000);
	expect(await pruneBeyondCount(world.prisma, { keptJobs: 6, since })).toBe(0);
	// Users of other tests have jobs, too.
	expect(await pruneBeyondCount(world.prisma, { keptJobs: 3, since })).toBeGreaterThanOrEqual(2);
	expect(await idsOf(user.id)).toEqual([waiting, ...ended.slice(2)]);
	expect(await idsOf(other.id)).toHaveLength(1);
	const future = new Date(Date.now() + 60_000);
	expect(await pruneBeyondCount(world.prisma, { keptJobs: 1, since: future })).toBe(0);
});

test('keeps the ids of deleted users forever, and ignores their late events', async () => {
	const user = world.user();
	const years = 3 * 365;
	await world.prisma.deletedUser.create({
		data: { userId: user.id, deletedAt: new Date(Date.now() - years * DAY_MS) },
	});
	await world.prisma.worker.create({
		data: { id: 'witness', slots: {}, seenAt: new Date(Date.now() - 2 * DAY_MS) },
	});
	const replica = await world.startReplica();
	await waitFor(async () => expect(await world.prisma.worker.count({ where: { id: 'witness' } })).toBe(0));
	await world.bus.publish(newEvent(planChanged, { user_id: user.id, plan: 'pro', version: 1 }, newId('req')));
	const witness = world.user();
	await world.bus.publish(
		newEvent(planChanged, { user_id: witness.id, plan: 'pro', version: 1 }, newId('req')),
	);
	await waitFor(async () =>
		expect(await world.prisma.account.count({ where: { userId: witness.id } })).toBe(1),
	);
	expect(await world.prisma.account.count({ where: { userId: user.id } })).toBe(0);
	expect((await user.create({ tool: 'ocr', input_file_id: newId('fil') })).status).toBe(401);
	await replica.stop();
});
