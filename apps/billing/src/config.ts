import { plansSchema } from '@creatorr/contracts/plans';
import {
	appUrlSchema,
	baseConfigSchema,
	directUrlSchema,
	httpUrlSchema,
	listSchema,
} from '@creatorr/service/config';
import { z } from 'zod';

const DAY_MS = 86_400_000;

const priceSchema = z.string().min(1, { error: 'must be a Stripe price ID' });

export const configSchema = baseConfigSchema.extend({
	BILLING_DATABASE_URL: z
		.url({ protocol: /^postgres(ql)?$/ })
		.meta({ description: 'PostgreSQL database of this service.' }),
	BILLING_DATABASE_DIRECT_URL: directUrlSchema,
	DATABASE_POOL_SIZE: z.coerce.number().int().min(12).default(30).meta({
		description:
			'Maximum number of database connections of a process, in addition to one for LISTEN. At least 12. Calls to Stripe hold at most two thirds of them.',
	}),
	AMQP_URL: z
		.url({ protocol: /^amqps?$/ })
		.meta({ description: 'RabbitMQ, with user, password and virtual host.' }),
	AUTH_URL: httpUrlSchema.meta({ description: 'Private port of auth.' }),
	FILES_URL: httpUrlSchema.meta({ description: 'Private port of files.' }),
	JOBS_URL: httpUrlSchema.meta({ description: 'Private port of jobs.' }),
	APP_URL: appUrlSchema,
	STRIPE_SECRET_KEY: z
		.string()
		.min(1, { error: 'must be the secret key of the Stripe account' })
		.meta({ description: 'Secret or restricted key of the Stripe account.' }),
	STRIPE_WEBHOOK_SECRET: z
		.string({ error: 'must be the signing secret of the webhook endpoint' })
		.transform((text) => listSchema.parse(text))
		.refine((secrets) => secrets.length > 0, { error: 'must be the signing secret of the webhook endpoint' })
		.meta({
			description: 'Signing secret of the webhook endpoint; several, separated by commas, during a rotation.',
		}),
	STRIPE_PRICE_MONTHLY: priceSchema.meta({ description: 'Price id of the monthly subscription.' }),
	STRIPE_PRICE_YEARLY: priceSchema.meta({ description: 'Price id of the yearly subscription.' }),
	STRIPE_API_BASE: httpUrlSchema
		.optional()
		.meta({ description: 'Base URL of the Stripe API, for development.' }),
	PAST_DUE_GRACE_DAYS: z.coerce.number().min(0).default(7).meta({
		description:
			'How long a user with a failed payment stays on Pro, from the start of the first unpaid period.',
	}),
	SUBSCRIPTION_SYNC_INTERVAL_SECONDS: z.coerce.number().min(0.1).default(900).meta({
		description: 'How often billing reads each subscription from Stripe without an event.',
		deprecatedName: 'RECONCILE_SECONDS',
	}),
	PLANS: plansSchema,
});

export type Config = z.output<typeof configSchema>;

/** Returns the settings that the plan rule uses. */
export function rulesOf(config: Config) {
	return {
		graceMs: config.PAST_DUE_GRACE_DAYS * DAY_MS,
		syncIntervalMs: config.SUBSCRIPTION_SYNC_INTERVAL_SECONDS * 1_000,
	};
}
