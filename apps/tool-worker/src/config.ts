import { availableParallelism, totalmem } from 'node:os';
import { baseConfigSchema, httpUrlSchema } from '@creatorr/service/config';
import { paramKeysSchema } from '@creatorr/tool-kit/params/secret-params';
import { z } from 'zod';

/** What a job may be thought to hold that takes long; few hold as much as they may. */
const BYTES_PER_LONG_JOB = 2 * 1024 ** 3;
/** Each keeps about two threads busy: more would not end sooner, and take the caches from short jobs. */
const LONG_JOBS_PER_CORE = 2;

export const configSchema = baseConfigSchema.extend({
	AMQP_URL: z
		.url({ protocol: /^amqps?$/ })
		.meta({ description: 'RabbitMQ, with user, password and virtual host' }),
	JOBS_URL: httpUrlSchema.meta({ description: 'private port of jobs' }),
	FILES_URL: httpUrlSchema.meta({ description: 'private port of files' }),
	SCRATCH_DIR: z
		.string()
		.startsWith('/', { error: 'must be an absolute path' })
		.meta({ description: 'inputs and outputs lie here while a tool runs, in a part of each worker’s own' }),
	PARAM_KEYS: paramKeysSchema,
	WORKER_NAME: z
		.string()
		.regex(/^[\w.-]{1,100}$/)
		.default('tool-worker')
		.meta({ description: 'begins the id that this worker is known under' }),
	WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(256).default(availableParallelism()).meta({
		description:
			'jobs run at full priority at once; one that takes long makes room and goes on behind others',
	}),
	TOOL_CONCURRENCY: z.coerce
		.number()
		.int()
		.min(1)
		.max(256)
		.default(Math.max(2, availableParallelism()))
		.meta({ description: 'jobs of one tool taken at once, besides those that take long' }),
	LONG_JOBS: z.coerce
		.number()
		.int()
		.min(0)
		.max(1000)
		.default(
			Math.max(
				2,
				Math.min(Math.floor(totalmem() / BYTES_PER_LONG_JOB), LONG_JOBS_PER_CORE * availableParallelism()),
			),
		)
		.meta({
			description:
				'jobs of all tools that take long and go on besides: as many as memory and processors bear; further ones return to the queue until there is room. With 0 they count among TOOL_CONCURRENCY, where they keep others waiting',
		}),
	TERMINATION_GRACE_SECONDS: z.coerce.number().int().min(0).max(86_400).default(5).meta({
		description:
			'how long running jobs may go on after the worker was told to stop; then it returns them, and they begin again elsewhere',
	}),
	JOBS_PER_PROCESS: z.coerce.number().int().min(1).max(1000).default(1).meta({
		description:
			'jobs that a process kept warm for a tool (LibreOffice) serves; more than 1 is faster, and lets one document meet what another left behind: only where all documents are trusted',
	}),
});

export type Config = z.output<typeof configSchema>;
