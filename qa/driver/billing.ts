import { call, type Person } from './client.ts';
import { eventually } from './processes.ts';

const DELIVERED_WITHIN_MS = 30_000;
const PAGE_MS = 10_000;

/** Pays on a checkout page of the local Stripe; resolves to the status of its answer. */
export async function payOnPage(url: string): Promise<number> {
	const response = await fetch(url, {
		method: 'POST',
		body: new URLSearchParams({ action: 'pay' }),
		redirect: 'manual',
		signal: AbortSignal.timeout(PAGE_MS),
	});
	await response.body?.cancel();
	return response.status;
}

/** Pays for Pro on the page of the local Stripe, and waits until the plan changes. */
export async function subscribe({ token }: Pick<Person, 'token'>): Promise<void> {
	const checkout = await call('POST', '/v1/billing/checkout', { token, body: { cycle: 'monthly' } });
	await payOnPage(checkout.body.data.url);
	const isPro = async () => (await call('GET', '/v1/me', { token })).body.data.plan === 'pro';
	await eventually(isPro, DELIVERED_WITHIN_MS, 'the plan is not pro after the payment');
}
