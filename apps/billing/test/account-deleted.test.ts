import { accountDeleted, newEvent } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { until } from './support/until.ts';
import { startWorld, subscribe, type User, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
	world = await startWorld();
}, 60_000);
afterAll(() => world?.stop());
beforeEach(() => world.stripe.control('/switches', { api: { down: false } }));

const deleteAccount = (user: User) =>
	world.plans.publish(newEvent(accountDeleted, { user_id: user.id }, newId('req')));

const stripeCustomerOf = async (user: User) =>
	(await world.prisma.customer.findUniqueOrThrow({ where: { userId: user.id } })).stripeCustomerId ?? '';

async function untilErased(customerId: string): Promise<void> {
	await until(async () => {
		expect(await world.stripe.api.customers.retrieve(customerId)).toMatchObject({ deleted: true });
	});
}

test('an account that is gone pays no more, and Stripe has forgotten the person', async () => {
	const user = world.user();
	const subscription = await subscribe(world, user);
	const customerId = await stripeCustomerOf(user);
	await deleteAccount(user);
	await untilErased(customerId);
	expect((await world.stripe.api.subscriptions.retrieve(subscription)).status).toBe('canceled');
	await until(async () => {
		const row = await world.prisma.customer.findUniqueOrThrow({ where: { userId: user.id } });
		expect([row.plan, row.syncAt]).toEqual(['free', null]);
	});
	expect(world.plans.of(user.id).map(({ plan }) => plan)).toEqual(['pro']);
});

test('a checkout that was open cannot be paid any more', async () => {
	const user = world.user();
	const session = await user.openCheckout();
	const customerId = await stripeCustomerOf(user);
	await deleteAccount(user);
	await untilErased(customerId);
	await expect(world.stripe.control(`/checkout/sessions/${session}/pay`, {})).rejects.toThrow();
});

test('it is tried until Stripe answers', async () => {
	const user = world.user();
	await subscribe(world, user);
	const customerId = await stripeCustomerOf(user);
	await world.stripe.control('/switches', { api: { down: 'unavailable' } });
	await deleteAccount(user);
	await until(async () => {
		const row = await world.prisma.customer.findUniqueOrThrow({ where: { userId: user.id } });
		expect(row.syncFailures).toBeGreaterThan(0);
	});
	await world.stripe.control('/switches', { api: { down: false } });
	await untilErased(customerId);
});

test('a request of the account that comes late opens no checkout', async () => {
	const user = world.user();
	await deleteAccount(user);
	await until(() => world.prisma.customer.findUniqueOrThrow({ where: { userId: user.id } }));
	const { status, body } = await user.checkout('monthly');
	expect([status, body.error.code]).toEqual([401, 'unauthorized']);
});
