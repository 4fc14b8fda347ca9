import { plansSchema } from '@creatorr/contracts/plans';
import { baseConfigSchema, directUrlSchema, httpUrlSchema } from '@creatorr/service/config';
import { sealingKeysSchema } from '@creatorr/tool-kit/params/secret-params';
import { z } from 'zod';

const MIN_HEARTBEATS_PER_LEASE = 2;

export const configSchema = baseConfigSchema
	.extend({
		JOBS_DATABASE_URL: z
			.url({ protocol: /^postgres(ql)?$/ })
			.meta({ description: 'PostgreSQL database of this service.' }),
		JOBS_DATABASE_DIRECT_URL: directUrlSchema,
		DATABASE_POOL_SIZE: z.coerce.number().int().min(2).default(20).meta({
			description:
				'Maximum number of database connections of a process, in addition to one for LISTEN. At least 2. `npm start`, Compose and Kubernetes set it for all services: use at least 12, which billing needs.',
			deprecatedName: 'JOBS_DATABASE_POOL_SIZE',
		}),
		AMQP_URL: z
			.url({ protocol: /^amqps?$/ })
			.meta({ description: 'RabbitMQ, with user, password and virtual host.' }),
		FILES_URL: httpUrlSchema.meta({ description: 'Private port of files.' }),
		PARAM_KEYS: sealingKeysSchema,
		PLANS: plansSchema,
		UNVERIFIED_ACTIVE_JOBS: z.coerce.number().int().min(0).default(1).meta({
			description:
				'Active jobs of a user whose email is not verified; 0: the limit of the plan. `npm start` sets 0 without `SMTP_URL`.',
		}),
		STARVATION_TIMEOUT_MINUTES: z.coerce.number().positive().default(10).meta({
			description:
				'If a user has no active job of a tool and has waited this long for one, one of their jobs gets the highest priority of any plan.',
			deprecatedName: 'PASS_OVER_MINUTES',
		}),
		JOB_RETENTION_DAYS: z.coerce
			.number()
			.int()
			.min(1)
			.default(90)
			.meta({ description: 'How long a job is kept after it has ended.' }),
		MAX_KEPT_JOBS: z.coerce.number().int().min(1).default(50_000).meta({
			description:
				'How many jobs of one user are kept. Beyond it, the oldest ended ones are deleted every 10 minutes.',
		}),
		IDEMPOTENCY_KEY_TTL_HOURS: z.coerce.number().int().min(1).default(24).meta({
			description: 'How long an `Idempotency-Key` is stored.',
			deprecatedName: 'IDEMPOTENCY_KEY_HOURS',
		}),
		WORKER_LEASE_MS: z.coerce.number().int().min(500).default(10_000).meta({
			description: 'Duration of a worker lease. A worker without a heartbeat for this long loses its jobs.',
		}),
		WORKER_HEARTBEAT_MS: z.coerce.number().int().min(100).default(2_000).meta({
			description: 'Interval of worker heartbeats.',
			deprecatedName: 'WORKER_BEAT_MS',
		}),
	})
	.refine((config) => config.WORKER_HEARTBEAT_MS * MIN_HEARTBEATS_PER_LEASE <= config.WORKER_LEASE_MS, {
		path: ['WORKER_HEARTBEAT_MS'],
		error: 'must be at most half of WORKER_LEASE_MS; otherwise one late heartbeat loses a job',
	});

export type Config = z.infer<typeof configSchema>;
