import { setTimeout as sleep } from 'node:timers/promises';
import { webhookDisabled } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { startConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import { silent } from '@creatorr/testing/silent';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { verifyInPython, verifyWithPackage } from '../testing/verifiers.ts';
import { jobEndedMessage, startWorld, type User, type World } from '../testing/world.ts';

let world: World;
let user: User;
beforeAll(async () => {
	world = await startWorld({
		replicas: 2,
		overrides: { WEBHOOK_RETRY_DELAYS_SECONDS: '0,0,0', RECOVERED_DELIVERIES_PER_HOUR: '3' },
	});
});
beforeEach(() => {
	world.receiver.reset();
	user = world.user();
});
afterAll(() => world?.stop());

const hook = (path = '/hook') => world.receiver.url + path;

/** Waits for a state. Retries are due at once here, and this finds them sooner than the next poll. */
function eventually<T>(check: () => Promise<T> | T): Promise<T> {
	return waitFor(async () => {
		await world.prisma.$executeRaw`SELECT pg_notify('delivery_due', '')`;
		return await check();
	});
}

/** Waits until the first delivery to an endpoint has this status, and returns it with its attempts. */
function deliveryWith(webhookId: string, status: string) {
	return eventually(async () => {
		const [delivery] = await user.data(`/v1/webhooks/${webhookId}/deliveries`);
		expect(delivery?.status).toBe(status);
		return await user.data(`/v1/webhooks/${webhookId}/deliveries/${delivery.id}`);
	});
}

const failWith = (status: number, headers: Record<string, string> = {}) => {
	world.receiver.respond = (_, res) => res.writeHead(status, headers).end('try later');
};

describe('an event', () => {
	test('reaches each endpoint that receives its type, signed with its secret', async () => {
		const all = await user.createWebhook(hook('/all'));
		const failures = await user.createWebhook(hook('/failures'), { events: ['job.failed'] });
		await user.createWebhook(hook('/plans'), { events: ['plan.changed'] });
		const messages = [
			jobEndedMessage(user.id),
			jobEndedMessage(user.id, { status: 'failed', error_code: 'timeout' }),
		];
		for (const message of messages) await world.publish(message);
		await waitFor(() => expect(world.receiver.requests).toHaveLength(3));
		const received = [...world.receiver.of('/all'), ...world.receiver.of('/failures')];
		const secrets = [all.secret, all.secret, failures.secret];
		const bodies = received.map((request, index) => verifyWithPackage(request, secrets[index] ?? ''));
		expect(bodies).toContainEqual({
			type: 'job.failed',
			timestamp: messages[1]?.occurred_at,
			data: expect.objectContaining({ job_id: messages[1]?.data.job_id, error_code: 'timeout', sequence: 1 }),
		});
		expect(
			verifyInPython(received.map((request, index) => ({ request, secret: secrets[index] ?? '' }))),
		).toEqual([true, true, true]);
		expect(received.map(({ headers }) => headers['webhook-id'])).toEqual(
			expect.arrayContaining(messages.map(({ id }) => id)),
		);
		const forged = { ...(received[0] as (typeof received)[number]), body: '{}' };
		expect(() => verifyWithPackage(forged, all.secret)).toThrow();
		expect(verifyInPython([{ request: forged, secret: all.secret }])).toEqual([false]);
	});

	test('is sent again under the same id until it gets 2xx, and each attempt is shown', async () => {
		const { id, secret } = await user.createWebhook(hook());
		const answers = [302, 500];
		world.receiver.respond = (_, res) =>
			res.writeHead(answers.shift() ?? 200, { location: hook('/elsewhere') }).end('x'.repeat(5_000));
		const message = jobEndedMessage(user.id);
		await world.publish(message);
		const delivery = await deliveryWith(id, 'succeeded');
		expect(delivery).toMatchObject({
			webhook_id: id,
			event_id: message.id,
			event_type: 'job.succeeded',
			attempt_count: 3,
			response_status: 200,
			event: { id: message.id },
		});
		expect(delivery).not.toHaveProperty('next_attempt_at');
		expect(delivery.attempts).toMatchObject([
			{ number: 3, response_status: 200, response_excerpt: 'x'.repeat(1_024) },
			{ number: 2, response_status: 500 },
			{ number: 1, response_status: 302 },
		]);
		const ids = world.receiver.of('/hook').map(({ headers }) => headers['webhook-id']);
		expect(ids).toEqual([message.id, message.id, message.id]);
		for (const request of world.receiver.requests) verifyWithPackage(request, secret);
		expect(world.receiver.of('/elsewhere')).toEqual([]);
	});

	test('fails after the last retry, with the reason of each attempt', async () => {
		const { id } = await user.createWebhook('http://127.0.0.1:1024/nobody');
		await world.publish(jobEndedMessage(user.id));
		const { attempts } = await deliveryWith(id, 'failed');
		expect(attempts.map(({ error }: { error: string }) => error)).toEqual(
			Array(4).fill('The connection failed (ECONNREFUSED).'),
		);
		expect(await user.data(`/v1/webhooks/${id}/deliveries?status=failed`)).toHaveLength(1);
		expect(await user.data(`/v1/webhooks/${id}/deliveries?status=pending`)).toEqual([]);
		expect(await user.data(`/v1/webhooks/${id}`)).toMatchObject({ failing_since: expect.any(String) });
	});

	test('is sent by another process after the one that claimed it was lost', async () => {
		const { id } = await user.createWebhook(hook());
		world.receiver.respond = async (_, res) => {
			// The lease of the attempt expires while it runs, as if its process had died.
			await world.prisma.$executeRaw`UPDATE deliveries SET due_at = now() WHERE endpoint_id = ${id}`;
			world.receiver.respond = (_request, second) => second.writeHead(200).end();
			await sleep(50);
			res.destroy();
		};
		await world.publish(jobEndedMessage(user.id));
		const { attempt_count, attempts } = await deliveryWith(id, 'succeeded');
		expect([attempt_count, attempts.at(0)]).toMatchObject([2, { number: 2, response_status: 200 }]);
	});

	test('waits for as long as the endpoint asks with Retry-After', async () => {
		const { id } = await user.createWebhook(hook());
		failWith(429, { 'retry-after': '3000' });
		await world.publish(jobEndedMessage(user.id));
		const { next_attempt_at } = await eventually(async () => {
			const delivery = await deliveryWith(id, 'pending');
			expect(delivery.attempts).toHaveLength(1);
			return delivery;
		});
		expect(Date.parse(next_attempt_at) - Date.now()).toBeGreaterThan(2_900_000);
	});
});

describe('an endpoint is disabled', () => {
	const messages: string[] = [];
	let stopListening: () => Promise<void>;
	beforeAll(() => {
		const { stop } = startConsumer(world.broker, {
			queue: QUEUES.authWebhookDisabled,
			definition: webhookDisabled,
			prefetch: 10,
			logger: silent,
			async handle({ data }) {
				messages.push(`${data.user_id} ${data.webhook_id} ${data.reason}`);
			},
		});
		stopListening = stop;
	});
	afterAll(() => stopListening());

	test.each([
		['by 410', 410, 0, 'gone'],
		['after 5 days of nothing but failures', 500, 5, 'failing'],
	])('%s, and its owner and the other endpoints are notified', async (_, status, days, reason) => {
		await user.createWebhook(hook('/other'), { events: ['webhook.disabled'] });
		const { id } = await user.createWebhook(hook('/bad'));
		if (days > 0)
			await world.prisma.$executeRaw`
				UPDATE endpoints SET failures = 1, failing_since = now() - make_interval(days => ${days}::int) WHERE id = ${id}`;
		world.receiver.respond = ({ path }, res) => res.writeHead(path === '/bad' ? status : 200).end();
		await world.publish(jobEndedMessage(user.id));
		await eventually(async () =>
			expect(await user.data(`/v1/webhooks/${id}`)).toMatchObject({
				status: 'disabled',
				disabled_reason: reason,
			}),
		);
		await waitFor(() => expect(world.receiver.of('/other')).toHaveLength(1));
		expect(JSON.parse(world.receiver.of('/other')[0]?.body ?? '')).toMatchObject({
			type: 'webhook.disabled',
			data: { webhook_id: id, status: 'disabled', reason },
		});
		await waitFor(() => expect(messages).toContain(`${user.id} ${id} ${reason}`));
		await deliveryWith(id, 'failed');
		await world.publish(jobEndedMessage(user.id));
		await waitFor(async () => expect(await user.data('/v1/events?type=job.succeeded')).toHaveLength(2));
		expect(await user.data(`/v1/webhooks/${id}/deliveries`)).toHaveLength(1);
		const test = await user.call('POST', `/v1/webhooks/${id}/test`);
		expect([test.status, test.body.error.message]).toEqual([
			400,
			'id: this endpoint is disabled; enable it first',
		]);
	});
});

test('a test event reaches its endpoint, whatever types the endpoint receives', async () => {
	const { id } = await user.createWebhook(hook(), { events: ['plan.changed'] });
	await user.createWebhook(hook('/other'));
	const { status, body } = await user.call('POST', `/v1/webhooks/${id}/test`);
	expect(status).toBe(202);
	const delivery = await deliveryWith(id, 'succeeded');
	expect([delivery.id, delivery.event_type]).toEqual([body.data.delivery_id, 'webhook.test']);
	expect(world.receiver.requests.map(({ path }) => path)).toEqual(['/hook']);
});

test('a delivery that ends while it is read is shown with the attempts that it had before', async () => {
	const { id } = await user.createWebhook(hook());
	failWith(429, { 'retry-after': '3000' });
	await world.publish(jobEndedMessage(user.id));
	const before = await eventually(async () => {
		const delivery = await deliveryWith(id, 'pending');
		expect(delivery.attempts).toHaveLength(1);
		return delivery;
	});
	const reading = await world.prisma.$transaction(
		async (tx) => {
			await tx.$executeRaw`LOCK TABLE attempts`;
			const response = user.data(`/v1/webhooks/${id}/deliveries/${before.id}`);
			await waitFor(async () => {
				const waiting = await tx.$queryRaw`
					SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database
					WHERE relation = 'attempts'::regclass AND NOT granted AND datname = current_database()`;
				expect(waiting).toHaveLength(1);
			});
			await tx.$executeRaw`
				UPDATE deliveries SET status = 'succeeded', due_at = NULL, attempt_count = 2 WHERE id = ${before.id}`;
			await tx.attempt.create({
				data: { deliveryId: before.id, number: 2, startedAt: new Date(), durationMs: 1, responseStatus: 200 },
			});
			return { response };
		},
		{ timeout: 30_000 },
	);
	expect(await reading.response).toEqual(before);
});

test('during the grace period of a rotation, deliveries are signed with both secrets', async () => {
	const { id, secret: old } = await user.createWebhook(hook());
	const rotate = async (body: object) =>
		(await user.call('POST', `/v1/webhooks/${id}/rotate-secret`, body)).body.data.secret as string;
	const current = await rotate({});
	await user.call('POST', `/v1/webhooks/${id}/test`);
	await waitFor(() => expect(world.receiver.requests).toHaveLength(1));
	for (const secret of [old, current])
		verifyWithPackage(world.receiver.requests[0] as (typeof world.receiver.requests)[number], secret);
	const next = await rotate({ grace_seconds: 0 });
	await user.call('POST', `/v1/webhooks/${id}/test`);
	await waitFor(() => expect(world.receiver.requests).toHaveLength(2));
	const last = world.receiver.requests[1] as (typeof world.receiver.requests)[number];
	verifyWithPackage(last, next);
	expect(() => verifyWithPackage(last, current)).toThrow();
});

test.each([
	['test', undefined],
	['recover', { since: '2026-01-01T00:00:00Z' }],
])('%s of an endpoint that does not exist names the endpoint', async (operation, body) => {
	const { status, body: response } = await user.call(
		'POST',
		`/v1/webhooks/${newId('whk')}/${operation}`,
		body,
	);
	expect([status, response.error.message]).toEqual([
		404,
		expect.stringMatching(/^No such webhook endpoint\./),
	]);
});

test('a replay sends the same event once more', async () => {
	const { id } = await user.createWebhook(hook());
	await world.publish(jobEndedMessage(user.id));
	const { id: deliveryId } = await deliveryWith(id, 'succeeded');
	const replayed = await user.call('POST', `/v1/webhooks/${id}/deliveries/${deliveryId}/replay`);
	expect([replayed.status, replayed.body]).toEqual([202, { data: { delivery_id: deliveryId } }]);
	await waitFor(() => expect(world.receiver.requests).toHaveLength(2));
	const [first, second] = world.receiver.requests.map(({ headers }) => headers['webhook-id']);
	expect(second).toBe(first);
});

test('a recovery sends events at once that wait for a retry, but none that is being sent', async () => {
	const { id } = await user.createWebhook(hook());
	const recover = async () =>
		(await user.call('POST', `/v1/webhooks/${id}/recover`, { since: new Date(0).toISOString() })).body.data;
	failWith(429, { 'retry-after': '3000' });
	await world.publish(jobEndedMessage(user.id));
	await eventually(async () => expect((await deliveryWith(id, 'pending')).attempts).toHaveLength(1));
	await world.prisma.$executeRaw`UPDATE endpoints SET paused_until = NULL WHERE id = ${id}`;
	const answered = Promise.withResolvers<void>();
	world.receiver.respond = async (_, res) => {
		await answered.promise;
		res.writeHead(204).end();
	};
	expect(await recover()).toEqual({ count: 1, has_more: false });
	await waitFor(() => expect(world.receiver.requests).toHaveLength(2));
	expect(await recover()).toEqual({ count: 0, has_more: false });
	answered.resolve();
	expect(await deliveryWith(id, 'succeeded')).toMatchObject({ attempt_count: 2 });
});

test('recoveries of a user send no more than the limit in an hour, to all endpoints together', async () => {
	const subscribed = { events: ['plan.changed'] };
	const ids = [
		(await user.createWebhook(hook(), subscribed)).id,
		(await user.createWebhook(hook('/other'), subscribed)).id,
	];
	for (let count = 0; count < 5; count += 1) await world.publish(jobEndedMessage(user.id));
	await waitFor(async () => expect(await user.data('/v1/events')).toHaveLength(5));
	for (const id of ids) await user.call('PATCH', `/v1/webhooks/${id}`, { events: ['*'] });
	const recover = async (id = ids[0], since = new Date(0)) =>
		await user.call('POST', `/v1/webhooks/${id}/recover`, { since: since.toISOString() });
	const first = await recover();
	expect(first).toMatchObject({ status: 202, body: { data: { count: 3, has_more: true } } });
	const leftMs = Date.parse(first.body.data.continue_at) - Date.now();
	expect(leftMs).toBeGreaterThan(3_590_000);
	expect(leftMs).toBeLessThanOrEqual(3_600_000);
	const error = {
		code: 'rate_limited',
		message: 'An account can recover at most 3 deliveries in an hour. Try again in 60 min.',
	};
	for (const id of ids) expect(await recover(id)).toMatchObject({ status: 429, body: { error } });
	// Without a search for deliveries to send.
	expect(await recover(ids[0], new Date(Date.now() - 1))).toMatchObject({ status: 429, body: { error } });
	await world.prisma.$executeRaw`UPDATE recovery_windows SET started_at = now() - interval '1 hour'`;
	expect(await recover()).toEqual({ status: 202, body: { data: { count: 2, has_more: false } } });
	await waitFor(() => expect(world.receiver.of('/hook')).toHaveLength(5));
	expect(world.receiver.of('/other')).toEqual([]);
});

test('a recovery sends failed events and those missed while the endpoint was disabled, once each', async () => {
	const { id } = await user.createWebhook(hook());
	const since = new Date(Date.now() - 60_000).toISOString();
	const publish = async () => {
		const message = jobEndedMessage(user.id);
		await world.publish(message);
		await waitFor(async () => expect((await user.data('/v1/events'))[0].id).toBe(message.id));
		return message.id;
	};
	await publish();
	await deliveryWith(id, 'succeeded');
	failWith(500);
	const failed = await publish();
	await deliveryWith(id, 'failed');
	await user.call('PATCH', `/v1/webhooks/${id}`, { status: 'disabled' });
	const missed = await publish();
	await user.call('PATCH', `/v1/webhooks/${id}`, { status: 'enabled' });
	world.receiver.reset();
	const recovered = await user.call('POST', `/v1/webhooks/${id}/recover`, { since });
	expect([recovered.status, recovered.body]).toEqual([202, { data: { count: 2, has_more: false } }]);
	await waitFor(() =>
		expect(world.receiver.requests.map(({ headers }) => headers['webhook-id']).sort()).toEqual([
			failed,
			missed,
		]),
	);
	await waitFor(async () =>
		expect(await user.data(`/v1/webhooks/${id}/deliveries?status=succeeded`)).toHaveLength(3),
	);
	const again = await user.call('POST', `/v1/webhooks/${id}/recover`, { since });
	expect(again.body).toEqual({ data: { count: 0, has_more: false } });
});
