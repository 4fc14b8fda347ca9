import express, { type Router } from 'express';
import { z } from 'zod';
import type { Account } from './account.ts';
import { requireObject } from './api/operation.ts';
import { authenticate } from './api/router.ts';
import { invalidRequest } from './errors.ts';
import { payCheckout } from './lifecycle/checkout.ts';
import { advance, payOpenInvoice } from './lifecycle/time.ts';
import type { Subscription } from './objects.ts';
import type { Transaction } from './state.ts';
import { switchChanges } from './switches.ts';

const payments = z.enum(['succeed', 'fail']);

/**
 * Operations for tests and curl that Stripe doesn't have. Bodies are JSON. All routes except the health check
 * require the account's secret key, like the API: `curl --user "$(jq -r .secret_key .local/stripe.json):" …`.
 */
export function controlRoutes(account: Account): Router {
	const router = express.Router();
	router.get('/health', (_request, response) => void response.json({ ok: true }));
	router.use((request, _response, next) => {
		authenticate(request.get('authorization'), account.secretKey);
		next();
	}, express.json());
	const post = <T>(path: string, body: z.ZodType<T>, run: (params: T, id: string) => unknown): void => {
		router.post(path, async (request, response) => {
			const parsed = body.safeParse(request.body ?? {});
			if (!parsed.success) throw invalidRequest(z.prettifyError(parsed.error));
			response.json(await run(parsed.data, String(request.params.id)));
		});
	};

	// Changes switches and returns them all.
	post('/switches', switchChanges, ({ webhooks, api, renewals }) => {
		Object.assign(account.switches.webhooks, webhooks);
		Object.assign(account.switches.api, api);
		Object.assign(account.switches.renewals, renewals);
		account.webhooks.wake();
		return account.switches;
	});
	// Attempts to pay an open checkout, as its page does.
	const payment = z.strictObject({ payments: payments.default('succeed') });
	post('/checkout/sessions/:id/pay', payment, (how, id) =>
		account.act((tx) => {
			const session = requireObject(tx, 'checkout.session', id);
			if (session.status !== 'open') {
				throw invalidRequest(`The checkout is ${String(session.status)}, not open.`);
			}
			return { session: payCheckout(tx, session, how.payments === 'succeed') };
		}),
	);
	// Lets time pass for one subscription: until its next event (the end of its period, or another attempt at an unpaid renewal), or by
	// `seconds`. With `payments`, renewals of its customer succeed or fail from now on.
	const time = z.strictObject({ seconds: z.int().min(0).optional(), payments: payments.optional() });
	post('/subscriptions/:id/advance', time, (how, id) =>
		account.act((tx) => advance(tx, withPayments(tx, id, how.payments), how.seconds)),
	);
	// Attempts to collect what a subscription owes.
	post('/subscriptions/:id/retry', z.strictObject({ payments }), (how, id) =>
		account.act((tx) => payOpenInvoice(tx, withPayments(tx, id, how.payments), how.payments === 'succeed')),
	);
	// Sends events now, whatever the switches say: one after another, the copies of each at once.
	const delivery = z.strictObject({
		events: z.array(z.string()),
		copies: z.int().min(1).max(1000).default(1),
	});
	post('/webhooks/deliver', delivery, async ({ events, copies }) => {
		for (const event of events) {
			account.act((tx) => requireObject(tx, 'event', event));
			await Promise.all(Array.from({ length: copies }, () => account.webhooks.post(event)));
		}
		return {};
	});
	return router;
}

/** Returns a subscription, after setting whether its customer's card pays renewals. */
function withPayments(tx: Transaction, id: string, set: z.infer<typeof payments> | undefined): Subscription {
	const subscription = requireObject(tx, 'subscription', id);
	if (set !== undefined) tx.put({ id: subscription.customer, object: 'wallet', payments: set });
	return subscription;
}
