import { z } from 'zod';
import { BODY_LIMIT } from './body-limit.ts';
import { docsUrlSchema, jobErrorCodeSchema } from './error-catalog.ts';
import { fileIdSchema } from './files.ts';
import { idSchema } from './ids.ts';
import { defineOperation, enveloped, paged, pageQuerySchema, queryIntegerSchema } from './operation.ts';
import { timestampSchema } from './text.ts';

export const jobIdSchema = idSchema('job');

export const jobStatusSchema = z.enum(['queued', 'running', 'succeeded', 'failed', 'canceled']);
export type JobStatus = z.infer<typeof jobStatusSchema>;

/** Limits of what a job shows its owner. `jobs` truncates an outcome to them, whatever a worker sent. */
export const JOB_LIMITS = {
	/** Bytes of the whole result as JSON. */
	resultBytes: 16 * 1024,
	warnings: 50,
	/** In UTF-16 units, like `errorMessageLength`. */
	warningLength: 1_000,
	errorMessageLength: 1_000,
	/** Bytes of complete params as JSON. A test of the catalog checks that no tool accepts more. */
	paramsBytes: 32 * 1024,
} as const;

export const jobResultSchema = z
	.looseObject({
		bytes_in: z.number().int(),
		bytes_out: z.number().int(),
		duration_ms: z.number().int(),
		warnings: z.array(z.string().meta({ maxLength: JOB_LIMITS.warningLength })).meta({
			maxItems: JOB_LIMITS.warnings,
			description:
				'What you should know about the output. Each starts with a code: `target_missed: The file…`.',
		}),
	})
	.meta({
		description: 'The fields below, which every tool returns, and those of the job’s tool.',
		'x-maxBytes': JOB_LIMITS.resultBytes,
	});

export const progressDetailSchema = z
	.object({
		page: z.int().min(1).meta({ description: 'The number of finished pages plus one, at most `pages`.' }),
		pages: z.int().min(1).meta({ description: 'The number of pages of the input.' }),
	})
	.meta({
		description:
			'The page that a running job has reached; changes when `progress` does. Absent where the tool doesn’t know.',
	});
export type ProgressDetail = z.infer<typeof progressDetailSchema>;

const toolParamsSchema = z.record(z.string(), z.unknown());

/** Params as they were sent, for the tool to validate: a copy would lose a field named `__proto__`, which must be refused. */
const givenParamsSchema = z
	.custom<Record<string, unknown>>(
		(value) => typeof value === 'object' && value !== null && !Array.isArray(value),
		{
			error: 'must be an object',
		},
	)
	.meta({
		type: 'object',
		description: 'Params of the tool. GET /v1/tools describes them.',
		examples: [{ quality: 70 }],
	});

export const createdJobSchema = z
	.object({
		id: jobIdSchema,
		tool: z.string().meta({ maxLength: 64 }),
		status: jobStatusSchema,
		progress: z.number().int().min(0).max(100),
		input_file_id: fileIdSchema,
		params: toolParamsSchema.meta({
			description: 'All params, with defaults filled in.',
			'x-maxBytes': JOB_LIMITS.paramsBytes,
		}),
	})
	.meta({ id: 'CreatedJob' });

export const jobSchema = createdJobSchema
	.extend({
		progress_detail: progressDetailSchema.optional(),
		created_at: timestampSchema,
		started_at: timestampSchema.optional(),
		finished_at: timestampSchema.optional(),
		output_file_id: fileIdSchema.optional(),
		error_code: jobErrorCodeSchema.optional(),
		error_message: z.string().optional().meta({ maxLength: JOB_LIMITS.errorMessageLength }),
		error_retryable: z
			.boolean()
			.optional()
			.meta({ description: 'Whether the same job may succeed when it is created again.' }),
		error_docs_url: docsUrlSchema.optional(),
		result: jobResultSchema.optional(),
	})
	.meta({ id: 'Job' });
export type Job = z.infer<typeof jobSchema>;

const jobParams = z.object({ id: jobIdSchema });

/** Maximum of `?wait=`. */
export const MAX_WAIT_SECONDS = 60;

const idempotencyKeySchema = z
	.string()
	.regex(/^[\x20-\x7e]{1,255}$/, { error: 'must be 1 to 255 printable ASCII characters' });

export const createJobHeadersSchema = z.object({
	'Idempotency-Key': idempotencyKeySchema.optional().meta({
		description:
			'Unique for each new job. The same request with the same key returns the first response again for 24 hours, and creates no second job.',
	}),
});

export const createJobBodySchema = z.object({
	tool: z.string().meta({ description: 'Slug of a tool from GET /v1/tools.', examples: ['compress_heavy'] }),
	input_file_id: fileIdSchema,
	params: givenParamsSchema.optional(),
});

export const createJob = defineOperation({
	id: 'createJob',
	title: 'Create a job',
	method: 'post',
	path: '/v1/jobs',
	service: 'jobs',
	access: 'user',
	scope: 'jobs:write',
	// costs the services and the database four times as much as a read
	cost: 4,
	createsJob: true,
	summary: 'Queues a job that runs a tool on an uploaded file.',
	headers: createJobHeadersSchema,
	maxBodyBytes: BODY_LIMIT.job,
	body: createJobBodySchema,
	status: 201,
	response: enveloped(createdJobSchema),
	errors: [
		'validation',
		'unknown_tool',
		'not_found',
		'file_not_uploaded',
		'idempotency_conflict',
		'plan_limit',
		'email_not_verified',
	],
});

export const listJobs = defineOperation({
	id: 'listJobs',
	title: 'List jobs',
	method: 'get',
	path: '/v1/jobs',
	service: 'jobs',
	access: 'user',
	scope: 'jobs:read',
	// A list of 100 jobs takes the service as much CPU time as creating a job.
	cost: 4,
	summary: 'Lists your jobs, newest first.',
	query: pageQuerySchema.extend({
		status: jobStatusSchema.optional(),
		tool: z
			.string()
			.regex(/^[a-z0-9_]{1,64}$/)
			.optional(),
		idempotency_key: idempotencyKeySchema
			.optional()
			.meta({ description: 'Returns only the job created with this key in the last 24 hours.' }),
	}),
	status: 200,
	response: paged(jobSchema),
	errors: ['validation'],
});

export const getJob = defineOperation({
	id: 'getJob',
	title: 'Get or wait for a job',
	method: 'get',
	path: '/v1/jobs/{id}',
	service: 'jobs',
	access: 'user',
	scope: 'jobs:read',
	summary: 'Returns a job, at once or after its next change.',
	params: jobParams,
	query: z.object({
		wait: queryIntegerSchema({ min: 0, max: MAX_WAIT_SECONDS })
			.optional()
			.meta({
				description: 'Seconds to wait for a change of status or progress before responding.',
				examples: [30],
			}),
	}),
	status: 200,
	response: enveloped(jobSchema),
	errors: ['validation', 'not_found'],
});

/** One event: the next is written after the client has read the last. */
const MAX_STREAMED_BYTES = 64 * 1024;

export const streamJob = defineOperation({
	id: 'streamJob',
	title: 'Stream a job',
	method: 'get',
	path: '/v1/jobs/{id}/events',
	service: 'jobs',
	access: 'user',
	scope: 'jobs:read',
	// A stream reads the job until it ends, while a wait ends with the next change.
	cost: 4,
	summary: 'Streams a job as Server-Sent Events until it ends.',
	params: jobParams,
	status: 200,
	contentType: 'text/event-stream',
	response: z.string().meta({
		description: 'Events named "job", with the job as data.',
		'x-maxBytes': MAX_STREAMED_BYTES,
	}),
	errors: ['not_found'],
});

export const cancelJob = defineOperation({
	id: 'cancelJob',
	title: 'Cancel a job',
	method: 'post',
	path: '/v1/jobs/{id}/cancel',
	service: 'jobs',
	access: 'user',
	scope: 'jobs:write',
	summary: 'Cancels a queued or running job.',
	params: jobParams,
	status: 200,
	response: enveloped(jobSchema),
	errors: ['not_found', 'job_finished'],
});

export const deleteJob = defineOperation({
	id: 'deleteJob',
	title: 'Delete a job',
	method: 'delete',
	path: '/v1/jobs/{id}',
	service: 'jobs',
	access: 'user',
	scope: 'jobs:write',
	summary: 'Deletes a job that has ended. Its files stay.',
	params: jobParams,
	status: 204,
	errors: ['not_found', 'validation'],
});

/** Choices of a tool on the machines that run it, such as languages and fonts. */
export const capabilitiesSchema = z.record(z.string(), z.array(z.string()));
export type Capabilities = z.infer<typeof capabilitiesSchema>;

const toolOfPlanSchema = z.object({
	max_input_bytes: z.number().int(),
	max_pages: z.number().int().meta({ description: 'Maximum pages of an input, for tools that count pages.' }),
});

export const toolSchema = z
	.object({
		slug: z.string(),
		title: z.string(),
		summary: z.string(),
		accepts: z.array(z.string()).meta({ description: 'Media types that the tool accepts.' }),
		params: z.record(z.string(), z.unknown()).meta({
			description:
				'JSON Schema of the params, with defaults. For forms, x-enumTitles and x-enumDescriptions describe values, x-nullTitle says what null means, and x-patternTitle what matches the pattern.',
		}),
		presets: z
			.array(
				z.object({
					name: z.string(),
					title: z.string(),
					summary: z.string(),
					params: z
						.record(z.string(), z.unknown())
						.meta({ description: 'Params that the preset sets. All others keep their values.' }),
				}),
			)
			.optional()
			.meta({ description: 'Named values of some params, for users who don’t want to set each of them.' }),
		output: z
			.object({
				suffix: z.string().meta({ description: 'Replaces the extension of the input name.' }),
				param: z.string().optional().meta({ description: 'Param whose value selects the suffix.' }),
				suffixes: z
					.record(z.string(), z.string())
					.optional()
					.meta({ description: 'Suffix for each value of the param.' }),
			})
			.optional()
			.meta({ description: 'How the output is named after its input.' }),
		limits: z
			.record(z.string(), z.number())
			.meta({ description: 'Limits of one job. Names include the unit.' }),
		plans: z
			.object({ free: toolOfPlanSchema, pro: toolOfPlanSchema })
			.meta({ description: 'Limits of one job on each plan.' }),
		available: z.boolean().meta({ description: 'Whether a worker with this tool is online.' }),
		capabilities: capabilitiesSchema
			.optional()
			.meta({ description: 'Languages or fonts that every online worker has.' }),
	})
	.meta({ id: 'Tool' });

/** The catalog, which no client changes, and the capabilities of workers. */
const MAX_TOOLS_BYTES = 2 * BODY_LIMIT.list;

export const listTools = defineOperation({
	id: 'listTools',
	title: 'List tools',
	method: 'get',
	path: '/v1/tools',
	service: 'jobs',
	access: 'public',
	summary: 'Lists all tools with their params.',
	status: 200,
	response: enveloped(z.array(toolSchema).meta({ 'x-maxBytes': MAX_TOOLS_BYTES })),
	errors: [],
});
