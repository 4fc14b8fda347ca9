import { availableParallelism, totalmem } from 'node:os';
import { baseConfigSchema, httpUrlSchema } from '@creatorr/service/config';
import { sealingKeysSchema } from '@creatorr/tool-kit/params/secret-params';
import { z } from 'zod';

/** Memory to reserve per long job. Most use less than their limit. */
const BYTES_PER_BACKGROUND_SLOT = 2 * 1024 ** 3;
/** A long job uses about two threads. More long jobs per core finish no sooner and evict short jobs' caches. */
const BACKGROUND_SLOTS_PER_CORE = 2;

export const configSchema = baseConfigSchema.extend({
	AMQP_URL: z
		.url({ protocol: /^amqps?$/ })
		.meta({ description: 'RabbitMQ, with user, password and virtual host.' }),
	JOBS_URL: httpUrlSchema.meta({ description: 'Private port of jobs.' }),
	FILES_URL: httpUrlSchema.meta({ description: 'Private port of files.' }),
	SCRATCH_DIR: z
		.string()
		.startsWith('/', { error: 'must be an absolute path' })
		.meta({ description: 'Directory for inputs and outputs while a tool runs. Workers can share it.' }),
	PARAM_KEYS: sealingKeysSchema,
	WORKER_NAME: z
		.string()
		.regex(/^[\w.-]{1,100}$/)
		.default('tool-worker')
		.meta({ description: 'Prefix of the worker id.' }),
	WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(256).default(availableParallelism()).meta({
		description:
			'Jobs that start at a time. While other users wait, a job counts for 2 s only. A job that takes longer than 10 s moves to a background slot.',
	}),
	TOOL_CONCURRENCY: z.coerce
		.number()
		.int()
		.min(1)
		.max(256)
		.default(Math.max(2, availableParallelism()))
		.meta({ description: 'Jobs of one tool at a time, not counting those in background slots.' }),
	BACKGROUND_SLOTS: z.coerce
		.number()
		.int()
		.min(0)
		.max(1000)
		.default(
			Math.max(
				2,
				Math.min(
					Math.floor(totalmem() / BYTES_PER_BACKGROUND_SLOT),
					BACKGROUND_SLOTS_PER_CORE * availableParallelism(),
				),
			),
		)
		.meta({
			description:
				'Background slots for long jobs of all tools. Without a free slot, a long job returns to the queue. With 0, long jobs count toward `TOOL_CONCURRENCY` and delay others.',
			deprecatedName: 'LONG_JOBS',
		}),
	TERMINATION_GRACE_SECONDS: z.coerce.number().int().min(0).max(86_400).default(5).meta({
		description:
			'How long running jobs may continue after SIGTERM. Then the worker returns them to the queue, and they start again elsewhere. Kubernetes sets 3,600.',
	}),
	JOBS_PER_PROCESS: z.coerce.number().int().min(1).max(1000).default(1).meta({
		description:
			'Jobs that one prewarmed process (LibreOffice, the PDF optimizer) serves. More than 1 is faster, but documents can then see what earlier ones left behind: use it only if you trust all documents.',
	}),
});

export type Config = z.output<typeof configSchema>;
