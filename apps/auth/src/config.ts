import { availableParallelism } from 'node:os';
import { plansSchema } from '@creatorr/contracts/plans';
import {
	apiKeyPrefixSchema,
	appUrlSchema,
	baseConfigSchema,
	type DeprecatedSetting,
	directUrlSchema,
	flagSchema,
	loadConfig,
	portSchema,
} from '@creatorr/service/config';
import { z } from 'zod';

/** Fewer rounds are unsafe. Only tests use them. */
const BCRYPT_MIN_COST_IN_PRODUCTION = 10;
const encryptionKeySchema = z
	.base64({ error: 'must be 32 bytes in base64' })
	.transform((text) => Buffer.from(text, 'base64'))
	.refine((bytes) => bytes.length === 32, { error: 'must be 32 bytes in base64' });

export const configSchema = baseConfigSchema
	.extend({
		AUTH_DATABASE_URL: z
			.url({ protocol: /^postgres(ql)?$/ })
			.meta({ description: 'PostgreSQL database of this service.' }),
		AUTH_DATABASE_DIRECT_URL: directUrlSchema,
		DATABASE_POOL_SIZE: z.coerce.number().int().min(2).default(10).meta({
			description:
				'Maximum number of database connections of a process, in addition to one for LISTEN and those of the control port. At least 2. `npm start`, Compose and Kubernetes set it for all services: use at least 12, which billing needs.',
		}),
		CONTROL_PORT: portSchema.meta({
			description:
				'Control port, which gateways call: leases, checks of sessions and API keys, rate limits, and token signing keys.',
		}),
		CONTROL_DATABASE_POOL_SIZE: z.coerce.number().int().min(1).default(4).meta({
			description: 'Maximum number of database connections of the control port, in addition to 2 for leases.',
		}),
		AMQP_URL: z
			.url({ protocol: /^amqps?$/ })
			.meta({ description: 'RabbitMQ, with user, password and virtual host.' }),
		AUTH_KEY_ENCRYPTION_KEY: encryptionKeySchema.meta({
			description: 'Key (32 bytes, base64) that encrypts the token signing keys in the database.',
		}),
		TOKEN_TTL_SECONDS: z.coerce
			.number()
			.int()
			.min(1)
			.default(7 * 24 * 3600)
			.meta({ description: 'Lifetime of a token and its session.' }),
		BCRYPT_COST: z.coerce
			.number()
			.int()
			.min(4)
			.max(20)
			.default(12)
			.meta({ description: 'bcrypt cost of new password hashes; at least 10 in production.' }),
		BCRYPT_CONCURRENCY: z.coerce.number().int().min(1).optional().meta({
			description: 'Passwords hashed at a time, each on a low-priority thread.',
		}),
		BCRYPT_MAX_WAITING: z.coerce.number().int().min(0).default(40).meta({
			description:
				'Maximum number of waiting password hashes for each kind of request (sign-in, registration, …). Beyond it, requests get 429.',
		}),
		LOGIN_FAILURES_PER_ACCOUNT: z.coerce.number().int().min(1).default(5).meta({
			description:
				'Wrong passwords for one account before attempts are throttled: refused with 429 for 1 s, then 2 s, 4 s and so on, at most 60 s. One failure is forgiven each minute.',
		}),
		LOGIN_FAILURES_PER_NETWORK: z.coerce.number().int().min(1).default(50).meta({
			description:
				'Wrong passwords from one IPv4 address or IPv6 /64 before its attempts are throttled in the same way. An IPv6 /56 gets four times as many, a /48 sixteen times.',
			deprecatedName: 'LOGIN_FAILURES_PER_ADDRESS',
		}),
		REGISTRATIONS_PER_NETWORK: z.coerce.number().min(1).default(30).meta({
			description:
				'Registrations an hour from one IPv4 address or IPv6 /64, including those that end with `email_taken`. `npm start` sets 100,000, unless `TRUSTED_PROXIES` is set.',
		}),
		API_KEY_PREFIX: apiKeyPrefixSchema,
		API_KEYS_REQUIRE_VERIFIED_EMAIL: flagSchema.prefault('true').meta({
			description:
				'`true` lets only users with a verified email create API keys. `npm start` sets `false` without `SMTP_URL`.',
		}),
		LEAKED_KEY_REPORTS_PER_NETWORK: z.coerce.number().min(1).default(600).meta({
			description: 'Reports of leaked API keys an hour from one IPv4 address or IPv6 /64.',
		}),
		APP_URL: appUrlSchema,
		SMTP_URL: z
			.url({ protocol: /^smtps?$/ })
			.optional()
			.meta({ description: 'SMTP server, as `smtps://user:password@host:465`. Required in production.' }),
		MAIL_FROM: z
			.string()
			.min(3)
			.default('creatorr <no-reply@localhost>')
			.meta({ description: 'Sender of mails, as `Name <name@example.com>`.' }),
		MAIL_DIR: z.string().min(1).optional().meta({
			description:
				'Directory to which mails are written instead of being sent, for development. Required without `SMTP_URL`.',
		}),
		MAILS_PER_EMAIL: z.coerce
			.number()
			.min(1)
			.default(6)
			.meta({ description: 'Maximum number of mails of one kind to one email an hour.' }),
		MAILS_PER_NETWORK: z.coerce.number().min(1).default(120).meta({
			description:
				'Maximum number of mails that clients of one IPv4 address or IPv6 /64 may request an hour.',
		}),
		SIGNING_KEY_ROTATION_DAYS: z.coerce.number().min(1).default(90).meta({
			description: 'How long a key signs tokens before auth rotates it.',
			deprecatedName: 'SIGNING_KEY_DAYS',
		}),
		SECURITY_EVENT_RETENTION_DAYS: z.coerce.number().min(1).default(365).meta({
			description: 'How long security events are kept.',
			deprecatedName: 'SECURITY_EVENTS_DAYS',
		}),
		PLANS: plansSchema,
		GATEWAY_LEASE_MS: z.coerce.number().int().min(1_500).max(15_000).default(15_000).meta({
			description:
				'Duration of a gateway lease: how long a gateway may use its cache of sessions and API keys without renewal. A sign-out waits at most this long plus 5 s.',
		}),
	})
	.superRefine((config, context) => {
		if (config.NODE_ENV === 'production' && config.BCRYPT_COST < BCRYPT_MIN_COST_IN_PRODUCTION) {
			context.addIssue({
				code: 'custom',
				path: ['BCRYPT_COST'],
				message: `must be at least ${BCRYPT_MIN_COST_IN_PRODUCTION} in production`,
			});
		}
		if (!config.SMTP_URL && config.NODE_ENV === 'production') {
			context.addIssue({
				code: 'custom',
				path: ['SMTP_URL'],
				message: 'must be set in production, such as smtps://user:password@host:465; password resets need it',
			});
		} else if (!config.SMTP_URL && !config.MAIL_DIR) {
			context.addIssue({
				code: 'custom',
				path: ['MAIL_DIR'],
				message: 'must be set if SMTP_URL is not',
			});
		}
	})
	.transform(({ BCRYPT_CONCURRENCY, ...config }) => ({
		...config,
		BCRYPT_CONCURRENCY: BCRYPT_CONCURRENCY ?? Math.max(1, availableParallelism() - 1),
	}));

export type Config = z.output<typeof configSchema>;

/** Reads the environment. Throws a ConfigError that names every wrong variable. */
export function readConfig(
	env: NodeJS.ProcessEnv,
	onDeprecated?: (setting: DeprecatedSetting) => void,
): Config {
	return loadConfig(configSchema, env, onDeprecated);
}
