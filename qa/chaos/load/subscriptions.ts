import { setTimeout as sleep } from 'node:timers/promises';
import { payOnPage } from '../../driver/billing.ts';
import { askStripe } from '../../driver/local-stripe.ts';
import type { Person } from '../ledger.ts';
import { GivenUp } from './client.ts';
import type { LoadContext } from './load.ts';

/** Does what is asked of Stripe again and again while it does not answer. */
async function persist<T>({ givenUp }: LoadContext, work: () => Promise<T>): Promise<T> {
	for (;;) {
		if (givenUp.aborted) throw new GivenUp('Stripe never answered');
		try {
			return await work();
		} catch {
			await sleep(500);
		}
	}
}

async function pay(context: LoadContext, url: string): Promise<void> {
	await persist(context, async () => {
		const status = await payOnPage(url);
		// 409: an earlier try has paid; 410: another page was opened meanwhile, which can't happen here
		if (![303, 409].includes(status)) throw new Error(`the page answered ${status}`);
	});
}

/** Stripe repeats an event later and later: whoever waited for all of them would not try anew for a minute. */
const SHOWN_WITHIN_MS = 10_000;

/** Whether the plan is that one soon; what comes later is left to the audit. */
async function awaitPlan({ client }: LoadContext, { token }: Person, plan: string): Promise<boolean> {
	for (const end = Date.now() + SHOWN_WITHIN_MS; Date.now() < end; await sleep(200)) {
		const { body } = await client.ask({ method: 'GET', path: '/v1/me', token }, [200]);
		if (body?.data?.plan === plan) return true;
	}
	return false;
}

/** Pays for Pro; whether it shows soon. */
export async function subscribe(context: LoadContext, person: Person): Promise<boolean> {
	const request = { method: 'POST', path: '/v1/billing/checkout', token: person.token };
	const reply = await context.client.ask({ ...request, body: { cycle: 'monthly' } }, [200]);
	context.ledger.payers.set(person.id, person);
	await pay(context, reply.body.data.url);
	return await awaitPlan(context, person, 'pro');
}

/** Ends the subscription at Stripe, as its dashboard does, whether that shows soon. */
export async function endSubscription(context: LoadContext, person: Person): Promise<boolean> {
	await persist(context, async () => {
		const { data } = await askStripe('GET', '/v1/subscriptions?limit=100&status=active');
		for (const { id, metadata } of data) {
			if (metadata.user_id === person.id) await askStripe('DELETE', `/v1/subscriptions/${id}`);
		}
	});
	return await awaitPlan(context, person, 'free');
}
