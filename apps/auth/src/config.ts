import { availableParallelism } from 'node:os';
import { baseConfigSchema, loadConfig } from '@creatorr/service/config';
import { z } from 'zod';

/** Fewer rounds than this protect nobody; only tests have a use for them. */
const BCRYPT_MIN_COST_IN_PRODUCTION = 10;
/** libuv's own default. */
const THREAD_POOL_SIZE = 4;

const encryptionKeySchema = z
	.base64({ error: 'must be 32 bytes in base64' })
	.transform((text) => Buffer.from(text, 'base64'))
	.refine((bytes) => bytes.length === 32, { error: 'must be 32 bytes in base64' });

const configSchema = baseConfigSchema
	.extend({
		AUTH_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).meta({ description: "auth's own database" }),
		DATABASE_POOL_SIZE: z.coerce.number().int().min(2).default(10),
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
				'passwords hashed at once; by default leaves a core and a thread of the pool to everything else',
		}),
		UV_THREADPOOL_SIZE: z.coerce.number().int().min(1).default(THREAD_POOL_SIZE),
		BCRYPT_MAX_WAITING: z.coerce.number().int().min(0).default(40).meta({
			description: 'passwords that wait to be hashed; beyond it the answer is rate_limited',
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
		GATEWAY_LEASE_MS: z.coerce.number().int().min(500).max(4_000).default(3_500).meta({
			description:
				'how long a gateway may answer from its cache without renewing; a logout waits no longer than this and the time of two calls',
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
	})
	.transform(({ BCRYPT_CONCURRENCY, UV_THREADPOOL_SIZE, ...config }) => ({
		...config,
		BCRYPT_CONCURRENCY:
			BCRYPT_CONCURRENCY ?? Math.max(1, Math.min(availableParallelism(), UV_THREADPOOL_SIZE) - 1),
	}));

export type Config = z.output<typeof configSchema>;

/** Reads the environment. Throws a ConfigError that names every wrong variable. */
export function loadAuthConfig(env: NodeJS.ProcessEnv): Config {
	return loadConfig(configSchema, env);
}
