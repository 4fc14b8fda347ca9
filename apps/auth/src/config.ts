import { availableParallelism } from 'node:os';
import {
	baseConfigSchema,
	directUrlSchema,
	httpUrlSchema,
	loadConfig,
	portSchema,
} from '@creatorr/service/config';
import { z } from 'zod';

/** Fewer rounds than this protect nobody; only tests have a use for them. */
const BCRYPT_MIN_COST_IN_PRODUCTION = 10;
const encryptionKeySchema = z
	.base64({ error: 'must be 32 bytes in base64' })
	.transform((text) => Buffer.from(text, 'base64'))
	.refine((bytes) => bytes.length === 32, { error: 'must be 32 bytes in base64' });

const configSchema = baseConfigSchema
	.extend({
		AUTH_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).meta({ description: "auth's own database" }),
		AUTH_DATABASE_DIRECT_URL: directUrlSchema,
		DATABASE_POOL_SIZE: z.coerce.number().int().min(2).default(10),
		CONTROL_PORT: portSchema.meta({
			description:
				'the port of the control service, for gateways only: leases, session checks, keys of tokens',
		}),
		CONTROL_DATABASE_POOL_SIZE: z.coerce.number().int().min(1).default(4).meta({
			description: 'database connections of the control service, beside 2 for leases',
		}),
		AMQP_URL: z.url({ protocol: /^amqps?$/ }),
		AUTH_KEY_ENCRYPTION_KEY: encryptionKeySchema.meta({
			description: 'encrypts the private signing keys in the database',
		}),
		TOKEN_TTL_SECONDS: z.coerce
			.number()
			.int()
			.min(1)
			.default(7 * 24 * 3600)
			.meta({ description: 'how long a sign-in lasts' }),
		BCRYPT_COST: z.coerce.number().int().min(4).max(20).default(12),
		BCRYPT_CONCURRENCY: z.coerce.number().int().min(1).optional().meta({
			description:
				'passwords hashed at once, each on a thread of low priority; by default leaves a core to everything else',
		}),
		BCRYPT_MAX_WAITING: z.coerce.number().int().min(0).default(40).meta({
			description:
				'passwords that wait to be hashed, of those who sign in, who register, and so on, each; beyond it the answer is rate_limited',
		}),
		LOGIN_FAILURES_PER_ACCOUNT: z.coerce
			.number()
			.int()
			.min(1)
			.default(5)
			.meta({ description: 'wrong passwords for an account before attempts are slowed' }),
		LOGIN_FAILURES_PER_ADDRESS: z.coerce
			.number()
			.int()
			.min(1)
			.default(50)
			.meta({ description: 'wrong passwords from an address before attempts are slowed' }),
		REGISTRATIONS_PER_NETWORK: z.coerce.number().min(1).default(30).meta({
			description:
				'accounts that may be created an hour from one address or IPv6 network, answers that the email is taken included',
		}),
		APP_URL: httpUrlSchema.meta({
			description:
				'where links in mails lead to: the address of the product, with the pages /reset-password and /verify-email',
		}),
		SMTP_URL: z
			.url({ protocol: /^smtps?$/ })
			.optional()
			.meta({ description: 'where mails go out, as smtps://user:password@host:465' }),
		MAIL_FROM: z
			.string()
			.min(3)
			.default('creatorr <no-reply@localhost>')
			.meta({ description: 'the sender of mails, as Name <name@example.com>' }),
		MAIL_DIR: z
			.string()
			.min(1)
			.optional()
			.meta({ description: 'where mails are written to as files in place of being sent, for development' }),
		MAILS_PER_EMAIL: z.coerce
			.number()
			.min(1)
			.default(6)
			.meta({ description: 'mails of one kind that are sent an hour to one email, at most' }),
		MAILS_PER_NETWORK: z.coerce
			.number()
			.min(1)
			.default(120)
			.meta({ description: 'mails that may be asked for an hour from one address or IPv6 network' }),
		SIGNING_KEY_DAYS: z.coerce
			.number()
			.min(1)
			.default(90)
			.meta({ description: 'how long a key signs tokens until the next one does' }),
		SECURITY_EVENTS_DAYS: z.coerce
			.number()
			.min(1)
			.default(365)
			.meta({ description: 'how long security events are kept' }),
		GATEWAY_LEASE_MS: z.coerce.number().int().min(1_500).max(15_000).default(15_000).meta({
			description:
				'how long a gateway may answer from its cache without renewing its lease; a logout waits at most this long plus 5 s',
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
				message:
					'must say where mails go out, as smtps://user:password@host:465: who forgets a password needs one',
			});
		} else if (!config.SMTP_URL && !config.MAIL_DIR) {
			context.addIssue({
				code: 'custom',
				path: ['MAIL_DIR'],
				message: 'must be a directory for mails, as there is no SMTP_URL',
			});
		}
	})
	.transform(({ BCRYPT_CONCURRENCY, ...config }) => ({
		...config,
		BCRYPT_CONCURRENCY: BCRYPT_CONCURRENCY ?? Math.max(1, availableParallelism() - 1),
	}));

export type Config = z.output<typeof configSchema>;

/** Reads the environment. Throws a ConfigError that names every wrong variable. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
	return loadConfig(configSchema, env);
}
