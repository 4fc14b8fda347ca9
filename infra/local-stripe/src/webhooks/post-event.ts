import type { Event } from '../objects/wire.ts';
import { signatureHeader } from './signature.ts';

/** As long as Stripe waits for an answer. */
const TIMEOUT_MS = 20_000;

export type Endpoint = { url: string; secret: string };
export type Attempt = { isDelivered: boolean; outcome: string };

/** Sends one event as Stripe does: signed, and delivered when the answer is 2xx. */
export async function postEvent(endpoint: Endpoint, event: Event, stop: AbortSignal): Promise<Attempt> {
	const body = JSON.stringify(event, null, 2);
	try {
		const response = await fetch(endpoint.url, {
			method: 'POST',
			headers: {
				'content-type': 'application/json; charset=utf-8',
				'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
				'stripe-signature': signatureHeader(body, endpoint.secret),
			},
			body,
			redirect: 'manual',
			signal: AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]),
		});
		await response.body?.cancel();
		return { isDelivered: response.ok, outcome: String(response.status) };
	} catch (error) {
		return { isDelivered: false, outcome: reasonOf(error) };
	}
}

function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
