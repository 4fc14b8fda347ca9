import { plansSchema } from '@creatorr/contracts/plans';
import { baseConfigSchema, directUrlSchema, httpUrlSchema } from '@creatorr/service/config';
import { paramKeysSchema } from '@creatorr/tool-kit/params/secret-params';
import { z } from 'zod';

const MIN_HEARTBEATS_PER_LEASE = 2;

export const configSchema = baseConfigSchema
	.extend({
		JOBS_DATABASE_URL: z
			.url({ protocol: /^postgres(ql)?$/ })
			.meta({ description: 'the PostgreSQL database of this service alone' }),
		JOBS_DATABASE_DIRECT_URL: directUrlSchema,
		JOBS_DATABASE_POOL_SIZE: z.coerce
			.number()
			.int()
			.min(2)
			.default(20)
			.meta({ description: 'connections that this process opens at most, besides one that listens' }),
		AMQP_URL: z
			.url({ protocol: /^amqps?$/ })
			.meta({ description: 'the RabbitMQ virtual host that all share' }),
		FILES_URL: httpUrlSchema.meta({ description: 'the private port of the files service' }),
		PARAM_KEYS: paramKeysSchema,
		PLANS: plansSchema,
		UNVERIFIED_ACTIVE_JOBS: z.coerce.number().int().min(0).default(1).meta({
			description: 'active jobs of a user whose email is not verified; 0: as many as the plan allows',
		}),
		PASS_OVER_MINUTES: z.coerce
			.number()
			.positive()
			.default(10)
			.meta({ description: 'how long jobs of better plans may go before the first of a user who waits' }),
		JOB_RETENTION_DAYS: z.coerce
			.number()
			.int()
			.min(1)
			.default(90)
			.meta({ description: 'how long a job is kept after it has ended' }),
		IDEMPOTENCY_KEY_HOURS: z.coerce
			.number()
			.int()
			.min(1)
			.default(24)
			.meta({ description: 'how long an Idempotency-Key is remembered' }),
		WORKER_LEASE_MS: z.coerce
			.number()
			.int()
			.min(500)
			.default(10_000)
			.meta({ description: 'a worker that is not heard for so long has lost its jobs' }),
		WORKER_BEAT_MS: z.coerce
			.number()
			.int()
			.min(100)
			.default(2_000)
			.meta({ description: 'how often a worker is told to be heard' }),
	})
	.refine((config) => config.WORKER_BEAT_MS * MIN_HEARTBEATS_PER_LEASE <= config.WORKER_LEASE_MS, {
		path: ['WORKER_BEAT_MS'],
		error: 'must be at most half of WORKER_LEASE_MS, or one late heartbeat loses a job',
	});

export type Config = z.infer<typeof configSchema>;
