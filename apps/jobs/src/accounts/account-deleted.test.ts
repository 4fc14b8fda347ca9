import { accountDeleted, newEvent } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { succeeded } from '../testing/bus.ts';
import type { User } from '../testing/user.ts';
import type { Worker } from '../testing/worker.ts';
import { startWorld, type World } from '../testing/world.ts';
import { deleteAccount, eraseNextBatch } from './delete-account.sql.ts';

let world: World;
let worker: Worker;

beforeAll(async () => {
	world = await startWorld();
	worker = world.worker('one');
	await worker.heartbeat({ compress_heavy: 100 });
});

afterAll(async () => {
	await world?.stop();
});

const deletionOf = (user: User) => newEvent(accountDeleted, { user_id: user.id }, newId('req'));

async function untilGone(user: User): Promise<void> {
	await waitFor(async () => expect(await world.prisma.job.count({ where: { userId: user.id } })).toBe(0));
}

test('deletes the jobs and keys of a deleted account, and stops its running jobs', async () => {
	const user = world.user();
	const queued = await user.enqueue();
	const running = await user.enqueue();
	await worker.take(running);
	const ended = await user.enqueue();
	await user.cancel(ended);
	await user.create({ tool: 'ocr', input_file_id: newId('fil') }, 'key');
	const bystander = world.user();
	const theirs = await bystander.enqueue();
	await world.bus.publish(deletionOf(user));
	await untilGone(user);
	expect(await world.prisma.idempotencyKey.count({ where: { userId: user.id } })).toBe(0);
	await waitFor(() => expect(world.bus.canceled).toContain(running));
	expect(world.bus.canceled).not.toContain(queued);
	expect(await worker.claim(queued)).toEqual({ answer: 'unwanted' });
	expect((await worker.heartbeat({}, [{ job_id: running, attempt: 1 }])).stop).toEqual([running]);
	expect((await bystander.job(theirs)).status).toBe('queued');
});

test('deletes a large account in batches, and continues after the process that began has died', async () => {
	const user = world.user();
	await world.prisma.$executeRaw`
		INSERT INTO jobs (id, user_id, tool, status, input_file_id, params, request_id, finished_at)
		SELECT 'job_01JZZZZZZZ' || lpad(made::text, 16, '0'), ${user.id}, 'ocr', 'canceled', 'fil_x', '{}', 'req_x', now()
		FROM generate_series(1, 1500) AS made`;
	await world.prisma.$executeRaw`
		INSERT INTO idempotency_keys (user_id, key, fingerprint, response)
		SELECT ${user.id}, made::text, '', '{}' FROM generate_series(1, 1500) AS made`;
	await world.prisma.accountDeletion.create({ data: { userId: user.id } });
	expect(await eraseNextBatch(world.prisma)).toBe(1000);
	expect(await world.prisma.idempotencyKey.count({ where: { userId: user.id } })).toBe(500);
	await world.bus.publish(deletionOf(user));
	await untilGone(user);
	expect(await world.prisma.idempotencyKey.count({ where: { userId: user.id } })).toBe(0);
	await waitFor(async () => expect(await world.prisma.accountDeletion.count()).toBe(0));
});

test('hides the ended jobs of a deleted account before they are deleted', async () => {
	const user = world.user();
	const request = { tool: 'ocr', input_file_id: newId('fil') };
	const { id } = (await user.create(request, 'key')).body.data;
	await user.cancel(id);
	await deleteAccount(world.prisma, { eventId: newId('evt'), userId: user.id, requestId: newId('req') });
	expect(await world.prisma.job.count({ where: { userId: user.id } })).toBe(1);
	const responses = [await user.read(id), await user.stream(id), await user.create(request, 'key')];
	expect(responses.map(({ status }) => status)).toEqual([404, 404, 401]);
	for (const query of ['', '?idempotency_key=key'])
		expect((await user.call('GET', `/v1/jobs${query}`)).body.data).toEqual([]);
	await world.bus.publish(deletionOf(user));
	await untilGone(user);
});

test('ignores the outcome of a job whose account was deleted', async () => {
	const user = world.user();
	const jobId = await user.enqueue();
	const attempt = await worker.take(jobId);
	await world.bus.publish(deletionOf(user));
	await untilGone(user);
	await world.bus.finish(jobId, attempt, succeeded());
	const bystander = world.user();
	const other = await bystander.enqueue();
	await world.bus.finish(other, await worker.take(other), succeeded());
	await waitFor(async () => expect((await bystander.job(other)).status).toBe('succeeded'));
	expect(world.files.published.has(jobId)).toBe(false);
});

test('returns 401 and creates no job when the account was deleted', async () => {
	const user = world.user();
	await world.bus.publish(deletionOf(user));
	await waitFor(async () =>
		expect(await world.prisma.deletedUser.count({ where: { userId: user.id } })).toBe(1),
	);
	const response = await user.create({ tool: 'ocr', input_file_id: newId('fil') });
	expect([response.status, response.body.error.code]).toEqual([401, 'unauthorized']);
	expect(await world.prisma.job.count({ where: { userId: user.id } })).toBe(0);
});

test('changes nothing when the deletion is delivered again', async () => {
	const user = world.user();
	await user.enqueue();
	const event = deletionOf(user);
	await world.bus.publish(event);
	await world.bus.publish(event);
	await world.bus.publish(deletionOf(user));
	await untilGone(user);
	const last = world.user();
	await last.enqueue();
	await world.bus.publish(deletionOf(last));
	await untilGone(last);
});
