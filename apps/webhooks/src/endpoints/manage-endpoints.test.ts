import { webhookCreated } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { startConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import { runCommand } from '@creatorr/service/operator-command';
import { silent } from '@creatorr/testing/silent';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { deleteAccount } from '../accounts/accounts.sql.ts';
import { adminCommands, HELP } from '../operators/admin-command.ts';
import { startReceiver } from '../testing/receiver.ts';
import {
	accountDeletedMessage,
	jobEndedMessage,
	planChangedMessage,
	startWorld,
	type User,
	type World,
} from '../testing/world.ts';
import { failUndeliverable } from './end-deliveries.sql.ts';

let world: World;
beforeAll(async () => {
	world = await startWorld();
});
afterEach(async () => {
	world.receiver.reset();
	await world.prisma.$executeRaw`DROP FUNCTION IF EXISTS refuse_large_deletion, refuse_large_change CASCADE`;
});
afterAll(() => world?.stop());

const HOOK_URL = 'https://example.com/hook';

describe('POST /v1/webhooks', () => {
	test('returns the endpoint with its secret, which no later response has', async () => {
		const user = world.user();
		const created = await user.createWebhook(HOOK_URL, { events: ['job.failed'], description: 'Failures' });
		expect(created).toEqual({
			id: expect.stringMatching(/^whk_/),
			url: HOOK_URL,
			events: ['job.failed'],
			description: 'Failures',
			status: 'enabled',
			created_at: expect.any(String),
			secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
		});
		const { secret: _, ...shown } = created;
		expect(await user.data('/v1/webhooks')).toEqual([shown]);
		expect(await user.data(`/v1/webhooks/${created.id}`)).toEqual(shown);
	});

	test('has the owner mailed about it', async () => {
		const published: string[] = [];
		const { stop } = startConsumer(world.broker, {
			queue: QUEUES.authWebhookCreated,
			definition: webhookCreated,
			prefetch: 10,
			logger: silent,
			handle: async ({ data }) => void published.push(`${data.user_id} ${data.webhook_id} ${data.host}`),
		});
		const user = world.user();
		const { id } = await user.createWebhook(HOOK_URL);
		await waitFor(() => expect(published).toContain(`${user.id} ${id} example.com`));
		await stop();
	});

	test('stores no secret in clear', async () => {
		const { id, secret } = await world.user().createWebhook(HOOK_URL);
		const row = await world.prisma.endpoint.findUniqueOrThrow({ where: { id } });
		expect(JSON.stringify(row)).not.toContain(secret.slice(6, 30));
	});

	test.each([
		[{ url: 'https://127.0.0.2/' }, 'url'],
		[{ url: 'https://user@example.com/' }, 'url'],
		[{ url: 'https://8.8.8.8\n.example.com/' }, 'url'],
		[{ url: 'https://example.com/\u202egpj' }, 'url'],
		[{ url: HOOK_URL, events: [] }, 'events'],
		[{ url: HOOK_URL, events: ['job.exploded'] }, 'events.0'],
		[{ url: HOOK_URL, events: ['*', 'job.failed'] }, 'events'],
		[{ events: ['*'] }, 'url'],
	])('refuses %j', async (body, path) => {
		const response = await world.user().call('POST', '/v1/webhooks', body);
		expect([response.status, response.body.error.details[0].path]).toEqual([400, path]);
	});

	test('refuses the eleventh endpoint of a user, also when several are created at once', async () => {
		const user = world.user();
		// At once, so that each of the last ones has a connection that is open already.
		await Promise.all(Array.from({ length: 9 }, () => user.createWebhook(HOOK_URL)));
		const created = await Promise.all(
			Array.from({ length: 4 }, () => user.call('POST', '/v1/webhooks', { url: HOOK_URL })),
		);
		const refused = created.filter(({ status }) => status !== 201);
		expect(refused.map(({ body }) => body.error.code)).toEqual(Array(3).fill('plan_limit'));
	});

	test('refuses users whose email is not verified', async () => {
		const user = world.user();
		world.auth.unverified.add(user.id);
		const { body } = await user.call('POST', '/v1/webhooks', { url: HOOK_URL });
		expect(body.error.code).toBe('email_not_verified');
	});
});

describe('an endpoint', () => {
	let owner: User;
	let id: string;
	beforeEach(async () => {
		owner = world.user();
		({ id } = await owner.createWebhook(HOOK_URL));
	});

	test('is not found by another user', async () => {
		const stranger = world.user();
		const path = `/v1/webhooks/${id}`;
		const calls: [string, string, object?][] = [
			['GET', path],
			['PATCH', path, { description: 'mine' }],
			['DELETE', path],
			['POST', `${path}/rotate-secret`, {}],
			['POST', `${path}/test`],
			['GET', `${path}/deliveries`],
			['GET', `${path}/deliveries/${newId('dlv')}`],
			['POST', `${path}/deliveries/${newId('dlv')}/replay`],
			['POST', `${path}/recover`, { since: '2026-01-01T00:00:00Z' }],
		];
		for (const [method, target, body] of calls)
			expect([method, target, (await stranger.call(method, target, body)).status]).toEqual([
				method,
				target,
				404,
			]);
		expect(await owner.data(path)).toMatchObject({ id, url: HOOK_URL });
	});

	test('shows its URL in the normal form in which it is requested', async () => {
		const other = await owner.createWebhook('https:8.8.8.8');
		expect(await owner.data(`/v1/webhooks/${other.id}`)).toMatchObject({ url: 'https://8.8.8.8/' });
		const changed = await owner.call('PATCH', `/v1/webhooks/${other.id}`, { url: 'https://EXAMPLE.com' });
		expect(changed.body.data.url).toBe('https://example.com/');
	});

	test('can be changed field by field', async () => {
		const change = async (body: object) => (await owner.call('PATCH', `/v1/webhooks/${id}`, body)).body.data;
		expect(await change({ description: 'Mine' })).toMatchObject({
			url: HOOK_URL,
			description: 'Mine',
			events: ['*'],
		});
		expect(await change({ description: null, events: ['job.failed'] })).not.toHaveProperty('description');
		expect(await change({ status: 'disabled' })).toMatchObject({
			status: 'disabled',
			disabled_reason: 'user',
		});
		expect(await change({ status: 'enabled', events: ['*'] })).not.toHaveProperty('disabled_reason');
		const refused = await owner.call('PATCH', `/v1/webhooks/${id}`, { url: 'https://10.0.0.1/' });
		expect(refused.status).toBe(400);
	});

	test('keeps its pause while only the path or query of its URL changes', async () => {
		const where = { id };
		const pausedUntil = new Date(Date.now() + 60_000);
		const { healthEpoch } = await world.prisma.endpoint.update({ where, data: { failures: 7, pausedUntil } });
		await owner.call('PATCH', `/v1/webhooks/${id}`, { url: `${HOOK_URL}/other?v=2` });
		expect(await world.prisma.endpoint.findUnique({ where })).toMatchObject({
			failures: 7,
			pausedUntil,
			healthEpoch,
		});
		await owner.call('PATCH', `/v1/webhooks/${id}`, { url: 'https://other.example.com/' });
		expect(await world.prisma.endpoint.findUnique({ where })).toMatchObject({
			failures: 0,
			pausedUntil: null,
			healthEpoch: healthEpoch + 1,
		});
	});

	test('has the pause of a server again when its URL returns to it', async () => {
		const where = { id };
		const move = (url: string) => owner.call('PATCH', `/v1/webhooks/${id}`, { url });
		const pausedUntil = new Date(Date.now() + 60_000);
		await world.prisma.endpoint.update({ where, data: { failures: 7, pausedUntil } });
		await move('https://other.example.com/');
		await move('https://EXAMPLE.com./hook');
		expect(await world.prisma.endpoint.findUnique({ where })).toMatchObject({ failures: 7, pausedUntil });
		await owner.call('PATCH', `/v1/webhooks/${id}`, { status: 'disabled' });
		await owner.call('PATCH', `/v1/webhooks/${id}`, { status: 'enabled' });
		expect(await world.prisma.endpoint.findUnique({ where })).toMatchObject({
			failures: 0,
			pausedUntil: null,
		});
	});

	test('is gone with its deliveries after it is deleted', async () => {
		await owner.call('POST', `/v1/webhooks/${id}/test`);
		expect((await owner.call('DELETE', `/v1/webhooks/${id}`)).status).toBe(204);
		expect((await owner.call('DELETE', `/v1/webhooks/${id}`)).status).toBe(404);
		expect(await world.prisma.delivery.count({ where: { endpointId: id } })).toBe(0);
	});
});

test('a deleted account leaves neither endpoints nor events, and late messages add none', async () => {
	const user = world.user();
	await user.createWebhook(`${world.receiver.url}/deleted`);
	await world.publish(jobEndedMessage(user.id));
	await waitFor(() => expect(world.receiver.of('/deleted')).toHaveLength(1));
	await world.publish(accountDeletedMessage(user.id));
	await waitFor(async () => expect(await user.data('/v1/webhooks')).toEqual([]));
	await world.publish(jobEndedMessage(user.id));
	// A later message of another user has passed the queue.
	const other = world.user();
	await world.publish(jobEndedMessage(other.id));
	await waitFor(async () => expect(await other.data('/v1/events')).toHaveLength(1));
	expect(await user.data('/v1/events')).toEqual([]);
	expect((await user.call('POST', '/v1/webhooks', { url: HOOK_URL })).status).toBe(404);
});

test('a deleted account with many events is deleted in batches', async () => {
	const user = world.user();
	await user.createWebhook(HOOK_URL);
	await world.prisma.$executeRaw`
		INSERT INTO events (id, user_id, type, fact, occurred_at, data)
		SELECT 'evt_' || made || ${user.id}, ${user.id}, 'job.failed', made || ${user.id}, now(), '{}'
		FROM generate_series(1, 450) AS made`;
	await world.prisma.$executeRaw`
		CREATE FUNCTION refuse_large_deletion() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN IF (SELECT count(*) FROM deleted) > 200 THEN RAISE EXCEPTION 'too many rows'; END IF; RETURN NULL; END $$`;
	await world.prisma.$executeRaw`
		CREATE TRIGGER refuse_large_deletion AFTER DELETE ON events REFERENCING OLD TABLE AS deleted
		FOR EACH STATEMENT EXECUTE FUNCTION refuse_large_deletion()`;
	await deleteAccount(world.prisma, user.id);
	const where = { userId: user.id };
	expect([await world.prisma.event.count({ where }), await world.prisma.endpoint.count({ where })]).toEqual([
		0, 0,
	]);
});

test('an endpoint with many deliveries is recovered, disabled and deleted in batches', async () => {
	const user = world.user();
	const { id } = await user.createWebhook(HOOK_URL);
	const path = `/v1/webhooks/${id}`;
	const { prisma } = world;
	await prisma.endpoint.update({ where: { id }, data: { pausedUntil: new Date(Date.now() + 3_600_000) } });
	await prisma.$executeRaw`
		INSERT INTO events (id, user_id, type, fact, occurred_at, data)
		SELECT 'evt_' || lpad(made::text, 5, '0') || ${user.id}, ${user.id}, 'job.failed', made || ${user.id}, now(), '{}'
		FROM generate_series(1, 2200) AS made`;
	await prisma.$executeRaw`
		INSERT INTO deliveries (id, event_id, endpoint_id, status)
		SELECT replace(id, 'evt_', 'dlv_'), id, ${id}, 'failed' FROM events WHERE user_id = ${user.id} ORDER BY id LIMIT 1100`;
	await prisma.$executeRaw`
		CREATE FUNCTION refuse_large_change() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN IF (SELECT count(*) FROM changed) > 1000 THEN RAISE EXCEPTION 'too many rows'; END IF; RETURN NULL; END $$`;
	for (const [event, table] of [
		['INSERT', 'NEW'],
		['UPDATE', 'NEW'],
		['DELETE', 'OLD'],
	])
		await prisma.$executeRawUnsafe(`
			CREATE TRIGGER refuse_large_${event} AFTER ${event} ON deliveries REFERENCING ${table} TABLE AS changed
			FOR EACH STATEMENT EXECUTE FUNCTION refuse_large_change()`);
	const since = new Date(Date.now() - 60_000).toISOString();
	const recover = async () => (await user.call('POST', `${path}/recover`, { since })).body;
	expect([await recover(), await recover()]).toEqual([
		{ data: { count: 2_200, has_more: false } },
		{ data: { count: 0, has_more: false } },
	]);
	const count = (status: 'pending' | 'failed') =>
		prisma.delivery.count({ where: { endpointId: id, status } });
	expect(await count('pending')).toBe(2_200);
	expect((await user.call('PATCH', path, { status: 'disabled' })).status).toBe(200);
	expect([await count('pending'), await count('failed')]).toEqual([0, 2_200]);
	expect((await user.call('DELETE', path)).status).toBe(204);
	expect(await prisma.delivery.count({ where: { endpointId: id } })).toBe(0);
});

test('what is pending fails when the URL leads to another server, and is sent there only by a recovery', async () => {
	const user = world.user();
	world.receiver.respond = (_, res) => res.writeHead(503, { 'retry-after': '3600' }).end();
	const { id } = await user.createWebhook(`${world.receiver.url}/before`);
	const path = `/v1/webhooks/${id}`;
	await world.publish(jobEndedMessage(user.id));
	await waitFor(async () => expect(await user.data(path)).toHaveProperty('failing_since'));
	for (let count = 0; count < 3; count += 1) await world.publish(jobEndedMessage(user.id));
	await waitFor(async () => expect(await user.data(`${path}/deliveries?status=pending`)).toHaveLength(4));
	world.receiver.reset();
	const sameServer = await user.call('PATCH', path, { url: `${world.receiver.url}/same` });
	expect(sameServer.status).toBe(200);
	expect(await user.data(`${path}/deliveries?status=pending`)).toHaveLength(4);
	const otherServer = await startReceiver();
	expect((await user.call('PATCH', path, { url: `${otherServer.url}/after` })).status).toBe(200);
	expect(await user.data(`${path}/deliveries`)).toMatchObject(
		Array(4).fill({ status: 'failed', failure_reason: 'url_changed' }),
	);
	await user.call('POST', `${path}/test`);
	await waitFor(() => expect(otherServer.requests).toHaveLength(1));
	const since = new Date(Date.now() - 60_000).toISOString();
	expect((await user.call('POST', `${path}/recover`, { since })).body.data.count).toBe(4);
	await waitFor(() => expect(otherServer.requests).toHaveLength(5));
	await otherServer.stop();
	expect(world.receiver.requests).toEqual([]);
	const [delivery] = await user.data(`${path}/deliveries?status=succeeded`);
	expect(delivery).not.toHaveProperty('failure_reason');
});

test('a recovery ends with an error when the endpoint is disabled between its batches', async () => {
	const user = world.user();
	const { prisma } = world;
	const { id } = await user.createWebhook(HOOK_URL);
	await prisma.endpoint.update({ where: { id }, data: { pausedUntil: new Date(Date.now() + 3_600_000) } });
	await prisma.$executeRaw`
		INSERT INTO events (id, user_id, type, fact, occurred_at, data)
		SELECT 'evt_' || lpad(made::text, 5, '0') || ${user.id}, ${user.id}, 'job.failed', made || ${user.id}, now(), '{}'
		FROM generate_series(1, 1100) AS made`;
	await prisma.$executeRaw`
		CREATE FUNCTION refuse_large_change() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN UPDATE endpoints SET status = 'disabled' WHERE id IN (SELECT endpoint_id FROM added); RETURN NULL; END $$`;
	await prisma.$executeRaw`
		CREATE TRIGGER disable_after_batch AFTER INSERT ON deliveries REFERENCING NEW TABLE AS added
		FOR EACH STATEMENT EXECUTE FUNCTION refuse_large_change()`;
	const since = new Date(Date.now() - 60_000).toISOString();
	const { status } = await user.call('POST', `/v1/webhooks/${id}/recover`, { since });
	expect([status, await prisma.delivery.count({ where: { endpointId: id } })]).toEqual([400, 1_000]);
});

test('a delivery that was added while its endpoint was being disabled fails', async () => {
	const user = world.user();
	const { id } = await user.createWebhook(HOOK_URL);
	await user.call('PATCH', `/v1/webhooks/${id}`, { status: 'disabled' });
	const eventId = newId('evt');
	await world.prisma.event.create({
		data: {
			id: eventId,
			userId: user.id,
			type: 'job.failed',
			dedupeKey: eventId,
			occurredAt: new Date(),
			data: {},
		},
	});
	await world.prisma.delivery.create({
		data: { id: newId('dlv'), eventId, endpointId: id, dueAt: new Date() },
	});
	await failUndeliverable.run({ prisma: world.prisma }, new AbortController().signal);
	expect(await user.data(`/v1/webhooks/${id}/deliveries`)).toMatchObject([
		{ status: 'failed', failure_reason: 'endpoint_disabled' },
	]);
});

const run = (...args: string[]) => runCommand({ args, help: HELP, commands: adminCommands(world.prisma) });

test('an operator sees the endpoints of a user and the last deliveries, but no secrets', async () => {
	const user = world.user();
	world.receiver.respond = (_, res) => res.writeHead(503).end();
	const { id, secret } = await user.createWebhook(`${world.receiver.url}/token-in-the-path`);
	await world.publish(jobEndedMessage(user.id));
	await waitFor(async () => expect(await user.data(`/v1/webhooks/${id}`)).toHaveProperty('failing_since'));
	await run('user', user.id, '--by', 'ada');
	const output = await run('user', user.id, '--json', '--by', 'bob');
	expect(JSON.parse(output)).toMatchObject({
		endpoints: [{ id, host: new URL(world.receiver.url).host, status: 'enabled', failures: 1, pending: 1 }],
		last_deliveries: [{ endpoint_id: id, type: 'job.succeeded', status: 'pending', response_status: 503 }],
		operator_actions: [{ operator: 'ada', action: 'user_viewed' }],
	});
	for (const hidden of [secret.slice(6, 30), 'token-in-the-path']) expect(output).not.toContain(hidden);
});

test('an operator sees a delivery even if many later events went to no endpoint', async () => {
	const user = world.user();
	const { id } = await user.createWebhook(world.receiver.url, { events: ['plan.changed'] });
	await world.publish(planChangedMessage(user.id, 1));
	const countEvents = () => world.prisma.event.count({ where: { userId: user.id } });
	await waitFor(async () => expect(await countEvents()).toBe(1));
	for (let count = 0; count < 10; count += 1) await world.publish(jobEndedMessage(user.id));
	await waitFor(async () => expect(await countEvents()).toBe(11));
	const report = JSON.parse(await run('user', user.id, '--json', '--by', 'ada'));
	expect(report.last_deliveries).toMatchObject([{ endpoint_id: id, type: 'plan.changed' }]);
});

test('an operator sees nothing of a deleted account, and no operator action on it is kept', async () => {
	const user = world.user();
	await run('user', user.id, '--by', 'ada');
	await world.publish(accountDeletedMessage(user.id));
	await waitFor(async () =>
		expect(await world.prisma.deletedUser.count({ where: { userId: user.id } })).toBe(1),
	);
	expect(await world.prisma.operatorAction.count({ where: { userId: user.id } })).toBe(0);
	await expect(run('user', user.id)).rejects.toThrow('was deleted');
	await expect(run('user', newId('job'))).rejects.toThrow('is not a user ID');
});
