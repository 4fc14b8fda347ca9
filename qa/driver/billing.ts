import { call, type Person } from './client.ts';
import { eventually } from './processes.ts';

const DELIVERED_WITHIN_MS = 30_000;

/** Pays for Pro on the page of the local Stripe, and waits until the plan changes. */
export async function subscribe({ token }: Pick<Person, 'token'>): Promise<void> {
	const checkout = await call('POST', '/v1/billing/checkout', { token, body: { cycle: 'monthly' } });
	const form = new URLSearchParams({ action: 'pay', card_number: '4242424242424242' });
	await fetch(checkout.body.data.url, { method: 'POST', body: form, redirect: 'manual' });
	const isPro = async () => (await call('GET', '/v1/me', { token })).body.data.plan === 'pro';
	await eventually(isPro, DELIVERED_WITHIN_MS, 'the plan is not pro after the payment');
}
