import { accountDeleted, newEvent } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startWorld, subscribe, type User, type World } from '../testing/world.ts';

let world: World;
beforeAll(async () => {
	world = await startWorld();
}, 120_000);
afterAll(() => world?.stop());
beforeEach(() => world.stripe.control('/switches', { api: { down: false, drop_responses: 0 } }));

const deleteAccount = (user: User) =>
	world.publish(newEvent(accountDeleted, { user_id: user.id }, newId('req')));

const stripeCustomerOf = async (user: User) =>
	(await world.prisma.customer.findUniqueOrThrow({ where: { userId: user.id } })).stripeCustomerId ?? '';

async function untilErased(customerId: string): Promise<void> {
	await waitFor(async () => {
		expect(await world.stripe.api.customers.retrieve(customerId)).toMatchObject({ deleted: true });
	});
}

test('a deleted account pays no more, and its personal data is erased in Stripe', async () => {
	const user = world.user();
	const subscription = await subscribe(world, user);
	const customerId = await stripeCustomerOf(user);
	await deleteAccount(user);
	await untilErased(customerId);
	expect((await world.stripe.api.subscriptions.retrieve(subscription)).status).toBe('canceled');
	await waitFor(async () => {
		const row = await world.prisma.customer.findUniqueOrThrow({ where: { userId: user.id } });
		expect([row.plan, row.syncAt]).toEqual(['free', null]);
	});
	expect(world.planChangesOf(user.id).map(({ plan }) => plan)).toEqual(['pro']);
});

test('an open checkout of a deleted account can’t be paid', async () => {
	const user = world.user();
	const session = await user.openCheckout();
	const customerId = await stripeCustomerOf(user);
	await deleteAccount(user);
	await untilErased(customerId);
	await expect(world.stripe.control(`/checkout/sessions/${session}/pay`, {})).rejects.toThrow();
});

test('the deletion is retried until Stripe responds', async () => {
	const user = world.user();
	await subscribe(world, user);
	const customerId = await stripeCustomerOf(user);
	await world.stripe.control('/switches', { api: { down: 'unavailable' } });
	await deleteAccount(user);
	await waitFor(async () => {
		const row = await world.prisma.customer.findUniqueOrThrow({ where: { userId: user.id } });
		expect(row.syncFailures).toBeGreaterThan(0);
	});
	await world.stripe.control('/switches', { api: { down: false } });
	await untilErased(customerId);
});

test('a customer whose creation got no response is erased too', async () => {
	const user = world.user();
	await world.stripe.control('/switches', { api: { drop_responses: 50 } });
	await user.checkout('monthly');
	await world.stripe.control('/switches', { api: { drop_responses: 0 } });
	expect(await stripeCustomerOf(user)).toBe('');
	const query = `metadata['user_id']:'${user.id}'`;
	const customersOf = async () => (await world.stripe.api.customers.search({ query })).data;
	expect(await customersOf()).toHaveLength(1);
	await deleteAccount(user);
	await waitFor(async () => expect(await customersOf()).toEqual([]));
});

test('the personal data in events is erased, also in those that arrive late', async () => {
	const user = world.user();
	await subscribe(world, user);
	const eventsOf = () => world.prisma.stripeEvent.findMany({ where: { userId: user.id } });
	const email = `${user.id.toLowerCase()}@example.com`;
	expect(JSON.stringify(await eventsOf())).toContain(email);
	await deleteAccount(user);
	await untilErased(await stripeCustomerOf(user));
	await waitFor(async () => {
		const events = await eventsOf();
		expect(JSON.stringify(events)).not.toContain(email);
		expect(events.some(({ type }) => type === 'customer.subscription.deleted')).toBe(true);
	});
});

test('a late request of a deleted account opens no checkout', async () => {
	const user = world.user();
	await deleteAccount(user);
	await waitFor(() => world.prisma.customer.findUniqueOrThrow({ where: { userId: user.id } }));
	const { status, body } = await user.checkout('monthly');
	expect([status, body.error.code]).toEqual([401, 'unauthorized']);
});
