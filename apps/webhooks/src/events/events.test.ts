import { keyLeaked, newEvent } from '@creatorr/contracts/events';
import { lowestIdAt, newId } from '@creatorr/contracts/ids';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pruneBeyondCount, pruneEvents } from '../retention/prune.sql.ts';
import { jobEndedMessage, planChangedMessage, startWorld, type World } from '../testing/world.ts';
import { findEvents } from './events.sql.ts';

let world: World;
beforeAll(async () => {
	world = await startWorld({ replicas: 2 });
});
afterAll(() => world?.stop());

test('a message that arrives several times, on several replicas, makes one event', async () => {
	const user = world.user();
	const message = jobEndedMessage(user.id);
	await Promise.all(Array.from({ length: 20 }, () => world.publish(message)));
	const last = planChangedMessage(user.id, 1);
	await world.publish(last);
	await waitFor(async () => expect(await user.data('/v1/events?type=plan.changed')).toHaveLength(1));
	const { job_id, tool, status, input_file_id, output_file_id } = message.data;
	expect(await user.data('/v1/events?type=job.succeeded')).toEqual([
		{
			id: message.id,
			type: 'job.succeeded',
			timestamp: message.occurred_at,
			data: {
				job_id,
				sequence: 1,
				tool,
				status,
				input_file_id,
				output_file_id,
				bytes_in: 10,
				bytes_out: 5,
				created_at: message.data.created_at,
				finished_at: message.data.finished_at,
			},
		},
	]);
});

test('two messages about the same plan version, or the end of the same job, make one event', async () => {
	const user = world.user();
	const jobId = newId('job');
	for (const version of [1, 1, 2]) await world.publish(planChangedMessage(user.id, version));
	for (const status of ['failed', 'failed'])
		await world.publish(jobEndedMessage(user.id, { job_id: jobId, status, error_code: 'timeout' }));
	await world.publish(planChangedMessage(user.id, 3));
	await waitFor(async () => {
		const events: { type: string }[] = await user.data('/v1/events');
		expect(events.map(({ type }) => type).sort()).toEqual(['job.failed', ...Array(3).fill('plan.changed')]);
	});
});

test('a leaked API key makes one event', async () => {
	const user = world.user();
	const message = newEvent(keyLeaked, { user_id: user.id, key_id: newId('key') }, newId('req'));
	for (const _time of ['first', 'second']) await world.publish(message);
	await waitFor(async () =>
		expect(await user.data('/v1/events')).toMatchObject([
			{ id: message.id, type: 'key.leaked', data: { key_id: message.data.key_id } },
		]),
	);
});

test('events are listed newest first, page by page, and from a time on', async () => {
	const user = world.user();
	const messages = [1, 2, 3].map((version) => planChangedMessage(user.id, version));
	for (const message of messages) await world.publish(message);
	await waitFor(async () => expect(await user.data('/v1/events')).toHaveLength(3));
	const first = (await user.call('GET', '/v1/events?limit=2')).body;
	const second = (await user.call('GET', `/v1/events?limit=2&cursor=${first.next_cursor}`)).body;
	const ids = [...first.data, ...second.data].map(({ id }: { id: string }) => id);
	expect([ids, second.next_cursor]).toEqual([messages.map(({ id }) => id).toReversed(), null]);
	const future = new Date(Date.now() + 60_000).toISOString();
	expect(await user.data(`/v1/events?since=${future}`)).toEqual([]);
	expect(await world.user().data('/v1/events')).toEqual([]);
});

test('events are deleted after their retention, and no others', async () => {
	const user = world.user();
	const [old, recent] = [planChangedMessage(user.id, 1), planChangedMessage(user.id, 2)];
	for (const message of [old, recent]) await world.publish(message);
	await waitFor(async () => expect(await user.data('/v1/events')).toHaveLength(2));
	await world.prisma
		.$executeRaw`UPDATE events SET created_at = now() - interval '31 days' WHERE id = ${old.id}`;
	expect(await pruneEvents(world.prisma, 30)).toBe(1);
	expect(await user.data('/v1/events')).toMatchObject([{ id: recent.id }]);
});

test('the oldest events of a user with more than are kept are deleted', async () => {
	const user = world.user();
	const messages = [1, 2, 3, 4].map((version) => planChangedMessage(user.id, version));
	for (const message of messages) await world.publish(message);
	await waitFor(async () => expect(await user.data('/v1/events')).toHaveLength(4));
	const since = new Date(Date.now() - 60_000);
	const future = new Date(Date.now() + 60_000);
	expect(await pruneBeyondCount(world.prisma, { keptEvents: 2, since: future })).toBe(0);
	// Users of other tests have events, too.
	expect(await pruneBeyondCount(world.prisma, { keptEvents: 2, since })).toBeGreaterThanOrEqual(2);
	const kept = messages.slice(2).map(({ id }) => ({ id }));
	expect(await user.data('/v1/events')).toMatchObject(kept.toReversed());
});

test('one list of events of a user is served at a time', async () => {
	const user = world.user();
	const { event } = world.replicas[0]?.deps.prisma ?? {};
	if (!event) throw new Error('there is no replica');
	const { findMany } = event;
	let [running, mostAtOnce] = [0, 0];
	const counted = async (input: Parameters<typeof findMany>[0]) => {
		running += 1;
		mostAtOnce = Math.max(mostAtOnce, running);
		return await findMany(input).finally(() => {
			running -= 1;
		});
	};
	event.findMany = counted as typeof findMany;
	try {
		const lists = await Promise.all([1, 2, 3, 4, 5].map(() => user.call('GET', '/v1/events')));
		expect([lists.map(({ status }) => status), mostAtOnce]).toEqual([Array(5).fill(200), 1]);
	} finally {
		event.findMany = findMany;
	}
});

test('a list since a time reads no older events', async () => {
	const { id: userId } = world.user();
	const since = new Date();
	const makeEvent = (occurredAt: Date, number: number) => ({
		id: lowestIdAt('evt', occurredAt),
		userId,
		type: 'job.failed',
		dedupeKey: `${userId} ${number}`,
		occurredAt,
		data: {},
	});
	const old = Array.from({ length: 500 }, (_, number) =>
		makeEvent(new Date(since.getTime() - 3_600_000 - number), number),
	);
	const recent = makeEvent(new Date(since.getTime() + 1), 500);
	await world.prisma.event.createMany({ data: [...old, recent] });
	const [listed, read] = await world.prisma.$transaction(async (tx) => {
		await tx.$executeRaw`SET LOCAL enable_seqscan = off`;
		const events = await findEvents(tx, { userId, type: undefined, since, beforeId: undefined, limit: 101 });
		const [row] = await tx.$queryRaw<{ rows: number }[]>`
			SELECT (seq_tup_read + idx_tup_fetch)::int AS rows FROM pg_stat_xact_user_tables WHERE relname = 'events'`;
		return [events.map(({ id }) => id), row?.rows ?? 0];
	});
	expect(listed).toEqual([recent.id]);
	expect(read).toBeLessThan(100);
});
