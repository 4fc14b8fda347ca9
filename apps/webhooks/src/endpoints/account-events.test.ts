import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
	accountSuspendedMessage,
	accountUnsuspendedMessage,
	accountVerifiedMessage,
	jobEndedMessage,
	startWorld,
	type User,
	type World,
} from '../testing/world.ts';

let world: World;
let user: User;
let id: string;
beforeAll(async () => {
	world = await startWorld();
});
beforeEach(async () => {
	world.receiver.reset();
	user = world.user();
	({ id } = await user.createWebhook(`${world.receiver.url}/hook`));
});
afterAll(() => world?.stop());

const untilStatus = (expected: object) =>
	waitFor(async () => expect(await user.data(`/v1/webhooks/${id}`)).toMatchObject(expected));
const SUSPENDED = { status: 'disabled', disabled_reason: 'suspended' };

describe('the suspension of an account', () => {
	test('disables its endpoints and fails what is pending, and no later event is sent', async () => {
		world.receiver.respond = (_, res) => res.writeHead(503, { 'retry-after': '3000' }).end();
		await world.publish(jobEndedMessage(user.id));
		await waitFor(async () => expect(await user.data(`/v1/webhooks/${id}`)).toHaveProperty('failing_since'));
		await world.publish(accountSuspendedMessage(user.id));
		await untilStatus(SUSPENDED);
		const deliveries = () => user.data(`/v1/webhooks/${id}/deliveries`);
		const failed = { status: 'failed', failure_reason: 'endpoint_disabled' };
		await waitFor(async () => expect(await deliveries()).toMatchObject([failed]));
		await world.publish(jobEndedMessage(user.id));
		await waitFor(async () => expect(await user.data('/v1/events')).toHaveLength(2));
		expect(await deliveries()).toHaveLength(1);
	});

	test('leaves the endpoints of other accounts enabled', async () => {
		const other = world.user();
		const { id: otherId } = await other.createWebhook(`${world.receiver.url}/other`);
		await world.publish(accountSuspendedMessage(user.id));
		await untilStatus(SUSPENDED);
		expect(await other.data(`/v1/webhooks/${otherId}`)).toMatchObject({ status: 'enabled' });
	});

	test('enables at its end the endpoints that it has disabled, but not those that their owner had disabled', async () => {
		const own = await user.createWebhook(`${world.receiver.url}/own`);
		await user.call('PATCH', `/v1/webhooks/${own.id}`, { status: 'disabled' });
		await world.publish(accountSuspendedMessage(user.id));
		await untilStatus(SUSPENDED);
		await world.publish(accountUnsuspendedMessage(user.id));
		await untilStatus({ status: 'enabled' });
		expect(await user.data(`/v1/webhooks/${own.id}`)).toMatchObject({ disabled_reason: 'user' });
	});

	test('stays ended if its message arrives late', async () => {
		const suspended = accountSuspendedMessage(user.id);
		suspended.occurred_at = new Date(Date.now() - 60_000).toISOString();
		await world.publish(accountUnsuspendedMessage(user.id));
		const state = () => world.prisma.accountState.findUnique({ where: { userId: user.id } });
		await waitFor(async () => expect(await state()).toMatchObject({ suspended: false }));
		await world.publish(suspended);
		// A later message of another user has passed the queue.
		const other = world.user();
		const { id: otherId } = await other.createWebhook(`${world.receiver.url}/other`);
		await world.publish(accountSuspendedMessage(other.id));
		await waitFor(async () => expect(await other.data(`/v1/webhooks/${otherId}`)).toMatchObject(SUSPENDED));
		expect(await user.data(`/v1/webhooks/${id}`)).toMatchObject({ status: 'enabled' });
	});
});

test('the verification of an email disables earlier endpoints, once', async () => {
	const verifiedAt = new Date(Date.now() + 1_000);
	const message = accountVerifiedMessage(user.id, verifiedAt);
	await world.publish(message);
	await untilStatus({ status: 'disabled', disabled_reason: 'unverified' });
	await user.call('PATCH', `/v1/webhooks/${id}`, { status: 'enabled' });
	await world.publish(message);
	const other = world.user();
	const { id: otherId } = await other.createWebhook(`${world.receiver.url}/other`);
	await world.publish(accountVerifiedMessage(other.id, verifiedAt));
	await waitFor(async () =>
		expect(await other.data(`/v1/webhooks/${otherId}`)).toMatchObject({ disabled_reason: 'unverified' }),
	);
	expect(await user.data(`/v1/webhooks/${id}`)).toMatchObject({ status: 'enabled' });
});

test('a verification that is published long afterwards disables no later endpoint', async () => {
	await world.publish(accountVerifiedMessage(user.id, new Date(Date.now() - 60_000)));
	// A later message of another user has passed the queue.
	const other = world.user();
	const { id: otherId } = await other.createWebhook(`${world.receiver.url}/other`);
	await world.publish(accountVerifiedMessage(other.id, new Date(Date.now() + 1_000)));
	await waitFor(async () =>
		expect(await other.data(`/v1/webhooks/${otherId}`)).toMatchObject({ disabled_reason: 'unverified' }),
	);
	expect(await user.data(`/v1/webhooks/${id}`)).toMatchObject({ status: 'enabled' });
});
