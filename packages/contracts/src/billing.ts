import { z } from 'zod';
import { BODY_LIMIT } from './body-limit.ts';
import { defineOperation, enveloped } from './operation.ts';
import { planSchema } from './plans.ts';
import { MAX_URL_LENGTH, timestampSchema } from './text.ts';

export const billingCycleSchema = z.enum(['monthly', 'yearly']);
export type BillingCycle = z.infer<typeof billingCycleSchema>;

const urlResponse = enveloped(
	z.object({
		url: z
			.string()
			.meta({ maxLength: MAX_URL_LENGTH, description: 'a page of Stripe, to send the person to' }),
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
	summary: 'Open a Stripe Checkout session for a Pro subscription.',
	maxBodyBytes: BODY_LIMIT.auth,
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
	summary: 'Open the Stripe Customer Portal of a subscriber.',
	status: 200,
	response: urlResponse,
	errors: ['no_subscription', 'upstream_unavailable'],
});

/** The bytes exactly as Stripe sent them: its signature is over these. */
export const receiveStripeEvent = defineOperation({
	id: 'receiveStripeEvent',
	title: 'Receive an event of Stripe',
	method: 'post',
	path: '/v1/billing/webhook',
	service: 'billing',
	access: 'public',
	summary: 'Receive an event of Stripe, with its signature in Stripe-Signature.',
	headers: z.object({ 'Stripe-Signature': z.string().optional() }),
	maxBodyBytes: BODY_LIMIT.webhook,
	rawBody: true,
	status: 200,
	response: enveloped(z.object({ received: z.literal(true) })),
	errors: ['validation'],
});

export const getBilling = defineOperation({
	id: 'getBilling',
	title: 'Show the subscription',
	method: 'get',
	path: '/v1/billing',
	service: 'billing',
	access: 'user',
	summary: 'Show the plan and the subscription behind it.',
	status: 200,
	response: enveloped(
		z
			.object({
				plan: planSchema,
				status: z.string().meta({
					maxLength: 64,
					description: "none, or Stripe's own: trialing, active, past_due, canceled and others",
				}),
				cycle: billingCycleSchema.optional(),
				current_period_end: timestampSchema.optional(),
				cancel_at_period_end: z.boolean(),
			})
			.meta({ id: 'Billing' }),
	),
	errors: [],
});

export const usageLimitSchema = z.object({
	name: z.string().meta({
		maxLength: 64,
		description: 'active_jobs, queued_jobs, compute_seconds (of today, in UTC), stored_bytes',
	}),
	used: z.number().int(),
	limit: z.number().int(),
});

export const getUsage = defineOperation({
	id: 'getUsage',
	title: 'Show the usage',
	method: 'get',
	path: '/v1/usage',
	service: 'billing',
	access: 'user',
	summary: 'Show the use of each limit of the plan.',
	status: 200,
	response: enveloped(
		z
			.object({ plan: planSchema, limits: z.array(usageLimitSchema).meta({ maxItems: 20 }) })
			.meta({ id: 'Usage' }),
	),
	errors: ['upstream_unavailable'],
});
