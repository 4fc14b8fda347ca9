import { z } from 'zod';
import { BODY_LIMIT } from './body-limit.ts';
import { defineOperation, enveloped } from './operation.ts';
import { planSchema } from './plans.ts';
import { MAX_URL_LENGTH, timestampSchema } from './text.ts';

export const billingCycleSchema = z.enum(['monthly', 'yearly']);
export type BillingCycle = z.infer<typeof billingCycleSchema>;

const urlResponse = enveloped(
	z.object({
		url: z.string().meta({ maxLength: MAX_URL_LENGTH, description: 'Stripe page to redirect the user to.' }),
	}),
);

export const createCheckout = defineOperation({
	id: 'createCheckout',
	title: 'Subscribe to Pro',
	method: 'post',
	path: '/v1/billing/checkout',
	service: 'billing',
	access: 'user',
	cost: 10,
	summary: 'Creates a Stripe Checkout session for a Pro subscription.',
	maxBodyBytes: BODY_LIMIT.shortFields,
	body: z.object({ cycle: billingCycleSchema }),
	status: 200,
	response: urlResponse,
	errors: ['validation', 'already_subscribed', 'upstream_unavailable'],
});

export const openPortal = defineOperation({
	id: 'openPortal',
	title: 'Manage the subscription',
	method: 'post',
	path: '/v1/billing/portal',
	service: 'billing',
	access: 'user',
	cost: 10,
	summary: 'Creates a Stripe Customer Portal session for a subscriber.',
	status: 200,
	response: urlResponse,
	errors: ['no_subscription', 'upstream_unavailable'],
});

/** The body exactly as Stripe sent it, as the signature covers its bytes. */
export const receiveStripeEvent = defineOperation({
	id: 'receiveStripeEvent',
	title: 'Receive a Stripe event',
	method: 'post',
	path: '/v1/billing/webhook',
	service: 'billing',
	access: 'public',
	summary: 'Receives a Stripe event, signed in Stripe-Signature. Called by Stripe only.',
	headers: z.object({ 'Stripe-Signature': z.string().optional() }),
	maxBodyBytes: BODY_LIMIT.webhook,
	rawBody: true,
	status: 200,
	response: enveloped(z.object({ received: z.literal(true) })),
	errors: ['validation'],
});

export const getBilling = defineOperation({
	id: 'getBilling',
	title: 'Get the subscription',
	method: 'get',
	path: '/v1/billing',
	service: 'billing',
	access: 'user',
	summary: 'Returns the plan and its subscription.',
	status: 200,
	response: enveloped(
		z
			.object({
				plan: planSchema,
				status: z.string().meta({
					maxLength: 64,
					description: '"none", or the Stripe status: trialing, active, past_due, canceled and others.',
				}),
				cycle: billingCycleSchema.optional(),
				current_period_end: timestampSchema.optional(),
				cancel_at_period_end: z.boolean(),
			})
			.meta({ id: 'Billing' }),
	),
	errors: [],
});

const priceSchema = z.object({
	amount: z.number().int().meta({ description: 'In the smallest unit of the currency, such as cents.' }),
	currency: z.string().meta({ maxLength: 3, description: 'ISO 4217 code, such as USD.' }),
});

const planPricesSchema = z.object({ monthly: priceSchema, yearly: priceSchema });
export type PlanPrices = z.infer<typeof planPricesSchema>;

export const listPlans = defineOperation({
	id: 'listPlans',
	title: 'List plans',
	method: 'get',
	path: '/v1/plans',
	service: 'billing',
	access: 'public',
	summary: 'Lists the plans with their limits and prices.',
	status: 200,
	response: enveloped(
		z
			.array(
				z
					.object({
						name: planSchema,
						retention_hours: z.number().int().meta({ description: 'How long files are kept.' }),
						max_stored_bytes: z
							.number()
							.int()
							.meta({ description: 'Storage, including unfinished uploads.' }),
						max_files: z.number().int().meta({ description: 'Stored files and unfinished uploads.' }),
						max_active_jobs: z
							.number()
							.int()
							.meta({ description: 'Jobs sent to a worker or running at the same time.' }),
						max_queued_jobs: z.number().int(),
						compute_seconds_per_day: z
							.number()
							.int()
							.optional()
							.meta({ description: 'Processing time per day (UTC). Absent without a limit.' }),
						requests_per_minute: z.number().int().optional().meta({
							description:
								'Requests per minute of each API key, and of all sessions of a user together. Absent without a limit.',
						}),
						jobs_per_minute: z.number().int().optional().meta({
							description:
								'Jobs created per minute with each API key, and in all sessions of a user together. Absent without a limit.',
						}),
						max_input_bytes: z.number().int().meta({
							description: 'Maximum size of a job’s input. `GET /v1/tools` lists tools with lower limits.',
						}),
						max_pages: z.number().int().meta({
							description: 'Maximum pages of a job’s input. `GET /v1/tools` lists tools with lower limits.',
						}),
						prices: planPricesSchema.optional().meta({
							description:
								'Prices of a subscription. Absent for the Free plan, and for Pro until the prices have been read from Stripe.',
						}),
					})
					.meta({ id: 'Plan' }),
			)
			.meta({ maxItems: 10 }),
	),
	errors: [],
});

export const usageLimitSchema = z.object({
	name: z.string().meta({
		maxLength: 64,
		description:
			'One of active_jobs, queued_jobs, compute_seconds (today, UTC), stored_bytes and stored_files.',
	}),
	used: z.number().int(),
	limit: z.number().int(),
});

export const getUsage = defineOperation({
	id: 'getUsage',
	title: 'Get the usage',
	method: 'get',
	path: '/v1/usage',
	service: 'billing',
	access: 'user',
	scope: 'usage:read',
	// Counts all files of the user.
	cost: 10,
	summary: 'Returns how much of each plan limit is used.',
	status: 200,
	response: enveloped(
		z
			.object({ plan: planSchema, limits: z.array(usageLimitSchema).meta({ maxItems: 20 }) })
			.meta({ id: 'Usage' }),
	),
	errors: ['upstream_unavailable'],
});
