import express, { type Router } from 'express';
import { z } from 'zod';
import type { Account } from './account.ts';
import { requireObject } from './api/operation.ts';
import { authenticate } from './api/router.ts';
import { invalidRequest } from './errors.ts';
import { GOOD_CARD } from './lifecycle/cards.ts';
import { payCheckout } from './lifecycle/checkout.ts';
import { advance, payOpenInvoice } from './lifecycle/time.ts';
import type { CheckoutSession, Subscription } from './objects.ts';
import type { Transaction } from './state.ts';
import { type Switches, switchChanges } from './switches.ts';

const paymentsSchema = z.enum(['succeed', 'fail']);
type Payments = z.infer<typeof paymentsSchema>;

export type Control = ReturnType<typeof createControl>;

/** What tests, and users with curl, can do here and nobody can do at Stripe. */
export function createControl(account: Account) {
	const onSubscription = <T>(
		id: string,
		payments: Payments | undefined,
		work: (tx: Transaction, subscription: Subscription) => T,
	): T =>
		account.act((tx) => {
			const subscription = requireObject(tx, 'subscription', id);
			if (payments !== undefined) tx.put({ id: subscription.customer, object: 'wallet', payments });
			return work(tx, subscription);
		});
	return {
		/** Changes switches and returns them all. */
		setSwitches: (changes: z.input<typeof switchChanges>): Switches => {
			const { webhooks = {}, api = {}, renewals = {} } = changes;
			Object.assign(account.switches.webhooks, webhooks);
			Object.assign(account.switches.api, api);
			Object.assign(account.switches.renewals, renewals);
			account.webhooks.wake();
			return account.switches;
		},
		/** Pays an open checkout, as its page does. */
		pay: (id: string, card = GOOD_CARD): { session: CheckoutSession; decline: string | null } =>
			account.act((tx) => {
				const session = requireObject(tx, 'checkout.session', id);
				if (session.status === 'open') return payCheckout(tx, session, card);
				throw invalidRequest(`The checkout is ${String(session.status)}, not open.`);
			}),
		/**
		 * Lets time pass for one subscription: until its next event (the end of its period, or another attempt at an
		 * unpaid renewal), or by `seconds`. With `payments`, renewals of its customer succeed or fail from now on.
		 */
		advance: (
			id: string,
			how: { seconds?: number | undefined; payments?: Payments | undefined } = {},
		): Subscription =>
			onSubscription(id, how.payments, (tx, subscription) => advance(tx, subscription, how.seconds)),
		/** Attempts to collect what a subscription owes. */
		retryPayment: (id: string, payments: Payments): Subscription =>
			onSubscription(id, payments, (tx, subscription) =>
				payOpenInvoice(tx, subscription, payments === 'succeed'),
			),
		/** Sends events now, whatever the switches say: one after another, the copies of each at once. */
		deliver: async (events: string[], copies = 1): Promise<object[]> => {
			const sent: object[] = [];
			for (const event of events) {
				account.act((tx) => requireObject(tx, 'event', event));
				const posts = Array.from({ length: copies }, () => account.webhooks.post(event));
				const outcomes = await Promise.all(posts);
				sent.push(...outcomes.map((outcome) => ({ event, ...outcome })));
			}
			return sent;
		},
	};
}

/**
 * The same over HTTP, in JSON. All routes except the health check require the account's secret key, like the API:
 * `curl --user "$(jq -r .secret_key .local/stripe.json):" …`.
 *
 *     GET  /_control/health
 *     POST /_control/switches                     {webhooks?: {…}, api?: {…}, renewals?: {…}}, as in switches.ts
 *     POST /_control/checkout/sessions/:id/pay    {card?}
 *     POST /_control/subscriptions/:id/advance    {seconds?, payments?: "succeed" | "fail"}
 *     POST /_control/subscriptions/:id/retry      {payments}
 *     POST /_control/webhooks/deliver             {events: [id, …], copies?}
 */
export function controlRoutes(control: Control, secretKey: string): Router {
	const router = express.Router();
	router.get('/health', (_request, response) => void response.json({ ok: true }));
	router.use((request, _response, next) => {
		authenticate(request.get('authorization'), secretKey);
		next();
	}, express.json());
	const post = <T>(path: string, body: z.ZodType<T>, run: (given: T, id: string) => unknown): void => {
		router.post(path, async (request, response) => {
			const given = body.safeParse(request.body ?? {});
			if (!given.success) throw invalidRequest(z.prettifyError(given.error));
			response.json(await run(given.data, String(request.params.id)));
		});
	};
	post('/switches', switchChanges, (changes) => control.setSwitches(changes));
	post('/checkout/sessions/:id/pay', z.strictObject({ card: z.string().optional() }), ({ card }, id) =>
		control.pay(id, card),
	);
	const time = z.strictObject({ seconds: z.int().min(0).optional(), payments: paymentsSchema.optional() });
	post('/subscriptions/:id/advance', time, (how, id) => control.advance(id, how));
	post('/subscriptions/:id/retry', z.strictObject({ payments: paymentsSchema }), (given, id) =>
		control.retryPayment(id, given.payments),
	);
	const delivery = z.strictObject({
		events: z.array(z.string()),
		copies: z.int().min(1).max(1000).optional(),
	});
	post('/webhooks/deliver', delivery, ({ events, copies }) => control.deliver(events, copies));
	return router;
}
