import { plansSchema } from '@creatorr/contracts/plans';
import { baseConfigSchema, directUrlSchema, httpUrlSchema, listSchema } from '@creatorr/service/config';
import { z } from 'zod';

const DAY_MS = 86_400_000;

const priceSchema = z.string().min(1, { error: 'must be the id of a price at Stripe' });

export const configSchema = baseConfigSchema.extend({
	BILLING_DATABASE_URL: z
		.url({ protocol: /^postgres(ql)?$/ })
		.meta({ description: 'the PostgreSQL database of this service alone' }),
	BILLING_DATABASE_DIRECT_URL: directUrlSchema,
	DATABASE_POOL_SIZE: z.coerce.number().int().min(12).default(30).meta({
		description:
			'connections that this process opens at most; asking Stripe for a user holds one of two thirds of them',
	}),
	AMQP_URL: z.url({ protocol: /^amqps?$/ }).meta({ description: 'the RabbitMQ virtual host that all share' }),
	AUTH_URL: httpUrlSchema.meta({ description: 'the private port of the auth service' }),
	FILES_URL: httpUrlSchema.meta({ description: 'the private port of the files service' }),
	JOBS_URL: httpUrlSchema.meta({ description: 'the private port of the jobs service' }),
	APP_URL: httpUrlSchema.meta({
		description: 'where Stripe sends people back to: the address of the product, with the page /account',
	}),
	STRIPE_SECRET_KEY: z.string().min(1, { error: 'must be the secret key of the Stripe account' }),
	STRIPE_WEBHOOK_SECRET: listSchema
		.refine((secrets) => secrets.length > 0, { error: 'must be the signing secret of the webhook endpoint' })
		.meta({ description: 'several, separated by commas, while one replaces another' }),
	STRIPE_PRICE_MONTHLY: priceSchema,
	STRIPE_PRICE_YEARLY: priceSchema,
	STRIPE_API_BASE: httpUrlSchema
		.optional()
		.meta({ description: 'another address of the API of Stripe, for development' }),
	PAST_DUE_GRACE_DAYS: z.coerce.number().min(0).default(7).meta({
		description:
			'a subscription whose payment failed counts so long, from the start of the first unpaid period',
	}),
	RECONCILE_SECONDS: z.coerce.number().min(0.1).default(900).meta({
		description: 'how often Stripe is asked about a subscription without an event, in case one never came',
	}),
	PLANS: plansSchema,
});

export type Config = z.output<typeof configSchema>;

/** What decides over plans besides Stripe. */
export function rulesOf(config: Config) {
	return { graceMs: config.PAST_DUE_GRACE_DAYS * DAY_MS, reconcileMs: config.RECONCILE_SECONDS * 1_000 };
}
