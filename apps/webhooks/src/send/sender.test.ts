import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { renderMetrics } from '@creatorr/service/metrics';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { jobEndedMessage, startWorld, type World } from '../testing/world.ts';

let world: World;
beforeAll(async () => {
	world = await startWorld({
		overrides: { WEBHOOK_CONCURRENT_ATTEMPTS: '16', WEBHOOK_CONCURRENT_ATTEMPTS_PER_ENDPOINT: '1' },
	});
});
beforeEach(() => world.receiver.reset());
afterAll(() => world?.stop());

test('slow endpoints don’t delay others, although they could use every attempt', async () => {
	const slow = Array.from({ length: 5 }, () => world.user());
	const fast = world.user();
	const hanging: ServerResponse[] = [];
	world.receiver.respond = ({ path }, res) =>
		path === '/fast' ? res.writeHead(204).end() : hanging.push(res);
	for (const user of [...slow, ...slow, ...slow]) await user.createWebhook(`${world.receiver.url}/slow`);
	await world.prisma.endpoint.updateMany({
		where: { userId: { in: slow.map(({ id }) => id) } },
		data: { slow: true },
	});
	await fast.createWebhook(`${world.receiver.url}/fast`);
	for (const { id } of slow) await world.publish(jobEndedMessage(id));
	await waitFor(() => expect(world.receiver.of('/slow')).toHaveLength(8));
	for (let index = 0; index < 10; index += 1) await world.publish(jobEndedMessage(fast.id));
	await waitFor(() => expect(world.receiver.of('/fast')).toHaveLength(10));
	expect(world.receiver.of('/slow')).toHaveLength(8);
	for (const res of hanging) res.end();
}, 60_000);

test('a user who deletes endpoints that hang, and creates new ones, doesn’t delay others', async () => {
	const [greedy, other] = [world.user(), world.user()];
	const hanging: ServerResponse[] = [];
	world.receiver.respond = ({ path }, res) =>
		path === '/other' ? res.writeHead(204).end() : hanging.push(res);
	for (let index = 0; index < 20; index += 1) {
		const { id } = await greedy.createWebhook(`${world.receiver.url}/greedy`);
		await greedy.call('POST', `/v1/webhooks/${id}/test`);
		await sleep(50);
		await greedy.call('DELETE', `/v1/webhooks/${id}`);
	}
	await other.createWebhook(`${world.receiver.url}/other`);
	await world.publish(jobEndedMessage(other.id));
	await waitFor(() => expect(world.receiver.of('/other')).toHaveLength(1));
	const attempts = world.receiver.of('/greedy').length;
	for (const res of hanging) res.end();
	expect(attempts).toBeLessThanOrEqual(4);
});

test('the next delivery to an endpoint starts when the last one ends', async () => {
	const user = world.user();
	let running = 0;
	let most = 0;
	world.receiver.respond = async ({ path }, res) => {
		// Deliveries of the other test may still be on their way.
		if (path !== '/one') return res.end();
		running += 1;
		most = Math.max(most, running);
		await sleep(5);
		running -= 1;
		res.writeHead(204).end();
	};
	await user.createWebhook(`${world.receiver.url}/one`);
	for (let index = 0; index < 10; index += 1) await world.publish(jobEndedMessage(user.id));
	await waitFor(() => expect(world.receiver.of('/one')).toHaveLength(10));
	expect(most).toBe(1);
});

test('an endpoint whose health can’t be stored affects no other, and the outcomes are stored', async () => {
	const { prisma } = world;
	world.receiver.respond = (_, res) => res.writeHead(500).end();
	// Of several users, because the first two use up the limit of one user at a host.
	const users = ['/first', '/broken', '/other'].map((path) => ({ path, user: world.user() }));
	const ids: string[] = [];
	for (const { path, user } of users) ids.push((await user.createWebhook(world.receiver.url + path)).id);
	await prisma.$executeRaw`
		CREATE FUNCTION refuse_health() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN IF OLD.url LIKE '%/broken' THEN RAISE EXCEPTION 'refused'; END IF; RETURN NEW; END $$`;
	await prisma.$executeRaw`
		CREATE TRIGGER refuse_health BEFORE UPDATE ON endpoints FOR EACH ROW EXECUTE FUNCTION refuse_health()`;
	const outcomes = () => prisma.attempt.count({ where: { delivery: { endpointId: { in: ids } } } });
	// While the health of the first waits for this lock, the others gather in one batch.
	await prisma.$transaction(async (tx) => {
		await tx.$executeRaw`SELECT FROM endpoints WHERE id = ${ids[0]} FOR NO KEY UPDATE`;
		for (const { user } of users) await world.publish(jobEndedMessage(user.id));
		await waitFor(async () => expect(await outcomes()).toBe(3));
	});
	await waitFor(async () => {
		const rows = await prisma.endpoint.findMany({ where: { id: { in: ids } }, orderBy: { id: 'asc' } });
		expect(rows.map(({ failures }) => failures)).toEqual([1, 0, 1]);
	});
	const { text } = await renderMetrics();
	expect(text).toMatch(/^creatorr_webhook_attempts_unrecorded_total 0$/m);
});

describe('a success clears a failure', () => {
	let concurrent: World;
	beforeAll(async () => {
		concurrent = await startWorld();
	});
	afterAll(() => concurrent?.stop());

	test.each([
		['that was stored after the success was claimed', false],
		['that is being stored', true],
	])('%s', async (_, isLocked) => {
		const { prisma, receiver } = concurrent;
		const user = concurrent.user();
		const responses: ServerResponse[] = [];
		receiver.respond = (_request, res) => responses.push(res);
		const { id } = await user.createWebhook(`${receiver.url}/concurrent`);
		const health = () =>
			prisma.endpoint.findUniqueOrThrow({ where: { id }, select: { failures: true, failingSince: true } });
		const outcomes = () => prisma.attempt.count({ where: { delivery: { endpointId: id } } });
		for (let index = 0; index < 2; index += 1) await concurrent.publish(jobEndedMessage(user.id));
		await waitFor(() => expect(responses).toHaveLength(2));
		await prisma.$transaction(async (tx) => {
			if (isLocked) await tx.$executeRaw`SELECT FROM endpoints WHERE id = ${id} FOR NO KEY UPDATE`;
			responses[0]?.writeHead(500).end();
			await waitFor(async () => expect(await outcomes()).toBe(1));
			if (!isLocked) await waitFor(async () => expect(await health()).toMatchObject({ failures: 1 }));
			responses[1]?.writeHead(204).end();
			await waitFor(async () => expect(await outcomes()).toBe(2));
		});
		// The health of the failure is stored first.
		await sleep(500);
		await waitFor(async () => expect(await health()).toEqual({ failures: 0, failingSince: null }), 3_000);
	});
});
