import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { authenticate } from './api/routes.ts';
import type { Control } from './control.ts';
import { StripeError } from './errors.ts';

const payments = z.enum(['succeed', 'fail']);
const wait = z.int().min(0).max(86_400_000);

const switches = z.strictObject({
	webhooks: z
		.strictObject({
			url: z.url(),
			enabled_events: z.array(z.string()),
			copies: z.int().min(0).max(1000),
			delay_ms: wait,
			shuffle_ms: wait,
			drop: z.number().min(0).max(1),
			paused: z.boolean(),
		})
		.partial()
		.default({}),
	api: z
		.strictObject({
			down: z.union([z.literal(false), z.enum(['unavailable', 'refuse'])]),
			delay_ms: wait,
			lose_answers: z.int().min(0),
		})
		.partial()
		.default({}),
	renewals: z
		.strictObject({ after_last_failure: z.enum(['cancel', 'mark_unpaid', 'leave_past_due']) })
		.partial()
		.default({}),
});

/**
 * `Control` for curl and for tests in other processes, in JSON. All but the health take the account's secret key, as the API
 * does: `curl --user "$(jq -r .secret_key .local/stripe.json):" …`.
 *
 *     GET    /_control/health
 *     GET    /_control/switches                      how all switches stand
 *     POST   /_control/switches                      {webhooks: {…}, api: {…}, renewals: {…}}, see switches.ts
 *     POST   /_control/checkout/sessions/:id/pay     {card?, email?}
 *     POST   /_control/subscriptions/:id/payments    {payments: "succeed" | "fail"} for renewals to come
 *     POST   /_control/subscriptions/:id/advance     {seconds?, payments?}
 *     POST   /_control/subscriptions/:id/retry       {payments} tries to collect what is owed
 *     GET    /_control/events                        all, the oldest first
 *     POST   /_control/webhooks/deliver              {events: [id, …], copies?}
 *     GET    /_control/webhooks/deliveries           the newest first
 *     DELETE /_control/webhooks/deliveries           gives up on all that are pending
 */
export function controlRoutes(control: Control, secretKey: string): Router {
	const router = express.Router();
	router.get('/health', (_request, response) => void response.json({ ok: true }));
	router.use((request, _response, next) => {
		authenticate(request.get('authorization'), secretKey);
		next();
	});
	router.use(express.json());
	const on = <T>(
		method: 'get' | 'post' | 'delete',
		path: string,
		body: z.ZodType<T>,
		run: (given: T, id: string) => unknown,
	): void => {
		router[method](path, async (request: Request, response: Response) => {
			const given = body.safeParse(request.body ?? {});
			if (!given.success) {
				response.status(400).json({ error: { message: z.prettifyError(given.error) } });
				return;
			}
			response.json((await run(given.data, String(request.params.id))) ?? {});
		});
	};
	const nothing = z.object({});
	on('get', '/switches', nothing, () => control.turn({}));
	on('post', '/switches', switches, (changes) => control.turn(changes as Parameters<Control['turn']>[0]));
	on(
		'post',
		'/checkout/sessions/:id/pay',
		z.strictObject({ card: z.string().optional(), email: z.string().optional() }),
		(payment, id) => control.pay(id, payment),
	);
	on('post', '/subscriptions/:id/payments', z.strictObject({ payments }), (given, id) =>
		control.setPayments(id, given.payments),
	);
	on(
		'post',
		'/subscriptions/:id/advance',
		z.strictObject({ seconds: z.int().min(0).optional(), payments: payments.optional() }),
		(how, id) => control.advance(id, how),
	);
	on('post', '/subscriptions/:id/retry', z.strictObject({ payments }), (given, id) =>
		control.retryPayment(id, given.payments),
	);
	on('get', '/events', nothing, () => control.events());
	on(
		'post',
		'/webhooks/deliver',
		z.strictObject({ events: z.array(z.string()), copies: z.int().min(1).max(1000).optional() }),
		({ events, copies }) => control.deliver(events, { copies }),
	);
	on('get', '/webhooks/deliveries', nothing, () => control.deliveries());
	on('delete', '/webhooks/deliveries', nothing, () => ({ dropped: control.dropPending() }));
	return router;
}

/** What a control request, or a page, that cannot be answered is answered with. */
export function controlFailure(error: unknown): { status: number; message: string } {
	if (error instanceof StripeError) return { status: error.fields.status, message: error.message };
	if (!(error instanceof Error)) return { status: 500, message: String(error) };
	// of the parsers: malformed JSON, a body that is too large
	const status = 'status' in error && typeof error.status === 'number' ? error.status : 500;
	return { status, message: error.message };
}
