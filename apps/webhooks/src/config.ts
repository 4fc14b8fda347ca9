import {
	appUrlSchema,
	baseConfigSchema,
	directUrlSchema,
	flagSchema,
	httpUrlSchema,
	networksSchema,
} from '@creatorr/service/config';
import { sealingKeysSchema } from '@creatorr/tool-kit/params/secret-params';
import { z } from 'zod';

/** The seconds between attempts of Standard Webhooks: about 76 hours in total. */
const RETRY_DELAYS = '5,300,1800,7200,18000,36000,50400,72000,86400';

const delaysSchema = z
	.string()
	.regex(/^\d{1,7}(,\d{1,7})*$/, { error: 'must be seconds, separated by commas' })
	.transform((text) => text.split(',').map(Number));

const count = (amount: number) => z.coerce.number().int().min(1).default(amount);

export const configSchema = baseConfigSchema
	.extend({
		WEBHOOKS_DATABASE_URL: z
			.url({ protocol: /^postgres(ql)?$/ })
			.meta({ description: 'PostgreSQL database of this service.' }),
		WEBHOOKS_DATABASE_DIRECT_URL: directUrlSchema,
		DATABASE_POOL_SIZE: z.coerce.number().int().min(4).default(20).meta({
			description:
				'Maximum number of database connections of a process, in addition to one for LISTEN. At least 4. `npm start`, Compose and Kubernetes set it for all services: use at least 12, which billing needs.',
		}),
		AMQP_URL: z
			.url({ protocol: /^amqps?$/ })
			.meta({ description: 'RabbitMQ, with user, password and virtual host.' }),
		AUTH_URL: httpUrlSchema.meta({ description: 'Private port of auth.' }),
		APP_URL: appUrlSchema,
		WEBHOOK_SECRET_KEYS: sealingKeysSchema.meta({
			description:
				'Keys (32 bytes each, base64, separated by commas) that encrypt the secrets of webhook endpoints in the database. The first encrypts, all decrypt. Keep old keys: existing secrets need them.',
		}),
		OUTBOUND_ALLOWED_NETWORKS: networksSchema.meta({
			description:
				'Private or reserved networks that webhook URLs may resolve to, as addresses and CIDR ranges separated by commas. `npm start` allows loopback.',
		}),
		OUTBOUND_BLOCKED_NETWORKS: networksSchema.meta({
			description:
				'Public networks that webhook URLs may not resolve to, such as the public addresses of this product.',
		}),
		OUTBOUND_ALLOW_HTTP: flagSchema.prefault('false').meta({
			description: '`true` accepts `http://` webhook URLs. Only for development; `npm start` sets it.',
		}),
		WEBHOOKS_REQUIRE_VERIFIED_EMAIL: flagSchema.prefault('true').meta({
			description:
				'`true` lets only users with a verified email create webhook endpoints. `npm start` sets `false` without `SMTP_URL`.',
		}),
		WEBHOOK_RETRY_DELAYS_SECONDS: delaysSchema.prefault(RETRY_DELAYS).meta({
			description:
				'Delays between the attempts of a delivery, separated by commas, each varied by up to 20%. After the last one the delivery has failed.',
		}),
		WEBHOOK_TIMEOUT_SECONDS: z.coerce.number().min(0.1).max(60).default(15).meta({
			description: 'Time limit of an attempt, from the name lookup to the response.',
		}),
		WEBHOOK_CONCURRENT_ATTEMPTS: count(512).meta({
			description:
				'Attempts of one process at a time. Slow endpoints use at most half of them, one user at most a fifth.',
		}),
		WEBHOOK_CONCURRENT_ATTEMPTS_PER_ENDPOINT: count(8).meta({
			description:
				'Attempts of one process at a time to one endpoint. All endpoints of one user at one host get twice as many.',
		}),
		WEBHOOK_DISABLE_AFTER_HOURS: z.coerce.number().positive().default(120).meta({
			description: 'An endpoint is disabled when all attempts have failed for this long.',
		}),
		RECOVERED_DELIVERIES_PER_HOUR: count(10_000).meta({
			description:
				'How many deliveries one user can request in an hour with `POST /v1/webhooks/{id}/recover`, to all endpoints together.',
		}),
		EVENT_RETENTION_DAYS: count(30).meta({
			description: 'How long events and their deliveries are kept.',
		}),
		MAX_KEPT_EVENTS: count(100_000).meta({
			description:
				'How many events of one user are kept. Beyond it, the oldest are deleted every 10 minutes, with their deliveries.',
		}),
	})
	.refine((config) => config.NODE_ENV !== 'production' || !config.OUTBOUND_ALLOW_HTTP, {
		path: ['OUTBOUND_ALLOW_HTTP'],
		error: 'must not be true in production',
	});

export type Config = z.output<typeof configSchema>;
