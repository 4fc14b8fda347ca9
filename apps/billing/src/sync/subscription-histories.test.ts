import { slice } from '@creatorr/testing/slice';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startWorld, subscribe, type User, type World, waitForPlan } from '../testing/world.ts';

const { HISTORIES } = process.env;
const histories = [...Array(Number(HISTORIES ?? 24)).keys()];
/** `HISTORIES` sets the number of histories. Without it, a slice of 24 is played. */
const ROUNDS = HISTORIES === undefined ? slice(histories, 8) : histories;

jest.setTimeout(120_000 + 5_000 * ROUNDS.length);
const SUBSCRIPTION_SYNC_INTERVAL_SECONDS = 1;
const DAY_SECONDS = 86_400;

let world: World;
beforeAll(async () => {
	world = await startWorld({
		SUBSCRIPTION_SYNC_INTERVAL_SECONDS: String(SUBSCRIPTION_SYNC_INTERVAL_SECONDS),
	});
}, 120_000);
afterAll(() => world?.stop());

/** Returns a seeded random number generator. */
function dice(seed: number): () => number {
	let state = seed + 1;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}

type Step = (subscription: string) => Promise<unknown>;

const advance = (how: object) => (id: string) => world.stripe.control(`/subscriptions/${id}/advance`, how);
const STEPS: Record<string, Step> = {
	renew: advance({ payments: 'succeed' }),
	'fail to renew': advance({ payments: 'fail' }),
	'pay what is owed': (id) => world.stripe.control(`/subscriptions/${id}/retry`, { payments: 'succeed' }),
	'let a week pass': advance({ seconds: 8 * DAY_SECONDS, payments: 'fail' }),
	'let the next period begin unpaid': advance({ seconds: 33 * DAY_SECONDS, payments: 'fail' }),
	'cancel at the end': (id) => world.stripe.api.subscriptions.update(id, { cancel_at_period_end: true }),
	'go on after all': (id) => world.stripe.api.subscriptions.update(id, { cancel_at_period_end: false }),
	cancel: (id) => world.stripe.api.subscriptions.cancel(id),
};

/** Computes the plan by the rule in docs/billing.md from the objects of the local Stripe. */
async function planAtStripe(subscription: string): Promise<'free' | 'pro'> {
	const { status } = await world.stripe.api.subscriptions.retrieve(subscription);
	if (status === 'active' || status === 'trialing') return 'pro';
	if (status !== 'past_due') return 'free';
	const { data: newestFirst } = await world.stripe.api.invoices.list({ subscription, limit: 100 });
	const lastPaid = newestFirst.findIndex((invoice) => invoice.status === 'paid');
	const owed = newestFirst.slice(0, lastPaid).filter((invoice) => invoice.status === 'open');
	const unpaidSince = owed.at(-1)?.created ?? 0;
	return Date.now() / 1000 < unpaidSince + 7 * DAY_SECONDS ? 'pro' : 'free';
}

async function playHistory(user: User, random: () => number): Promise<string> {
	const subscription = await subscribe(world, user);
	const names = Object.keys(STEPS).toSorted(() => random() - 0.5);
	for (const name of names) {
		// Impossible steps are skipped.
		await STEPS[name]?.(subscription).catch(() => undefined);
	}
	return subscription;
}

async function liveAndCompare(round: number): Promise<void> {
	const random = dice(round);
	const webhooks = { shuffle_ms: 300, copies: 1 + Math.floor(random() * 3), drop: random() * 0.6 };
	const afterLastFailure = ['cancel', 'mark_unpaid', 'leave_past_due'][Math.floor(random() * 3)];
	await world.stripe.control('/switches', { webhooks, renewals: { after_last_failure: afterLastFailure } });
	const user = world.user();
	const subscription = await playHistory(user, random);
	const wanted = await planAtStripe(subscription);
	await waitFor(async () => {
		const { plan } = await user.billing();
		if (plan !== wanted) throw new Error(`life ${round}: billing says ${plan}, Stripe ${wanted}`);
	});
	await waitFor(() => {
		const events = world.planChangesOf(user.id);
		const last = events.toSorted((a, b) => a.version - b.version).at(-1);
		expect({ round, plan: last?.plan }).toEqual({ round, plan: wanted });
		expect(new Set(events.map(({ version }) => version)).size).toBe(events.length);
	});
}

test(`${ROUNDS.length} subscription histories with shuffled, repeated and lost events end in Stripe’s state`, async () => {
	const rounds = ROUNDS.values();
	// Some concurrently, so that their events interleave.
	await Promise.all(
		Array.from({ length: 8 }, async () => {
			for (const round of rounds) await liveAndCompare(round);
		}),
	);
});

test('a cancellation whose event is lost is found by reconciliation', async () => {
	const user = world.user();
	await world.stripe.control('/switches', { webhooks: { drop: 0, shuffle_ms: 0, copies: 1 } });
	const subscription = await subscribe(world, user);
	await world.stripe.control('/switches', { webhooks: { drop: 1 } });
	await world.stripe.api.subscriptions.cancel(subscription);
	await waitForPlan(user, 'free');
});

test('a payment whose event is lost is found by reconciliation', async () => {
	const user = world.user();
	await world.stripe.control('/switches', { webhooks: { drop: 1 } });
	await world.stripe.control(`/checkout/sessions/${await user.openCheckout()}/pay`, {});
	await waitForPlan(user, 'pro');
});
