import { z } from 'zod';
import { BODY_LIMIT } from './body-limit.ts';
import { fileIdSchema } from './files.ts';
import { idSchema } from './ids.ts';
import { defineOperation, enveloped, paged, pageQuerySchema, queryIntegerSchema } from './operation.ts';
import { timestampSchema } from './text.ts';

export const jobIdSchema = idSchema('job');

export const jobStatusSchema = z.enum(['queued', 'running', 'succeeded', 'failed', 'canceled']);
export type JobStatus = z.infer<typeof jobStatusSchema>;

/** Why a job failed, with what each code means. */
const JOB_ERROR_MEANING = {
	input_missing: 'the input was deleted, has expired, or its bytes are not those that were there',
	unsupported_input: 'the file is none that the tool takes, or it is signed',
	corrupt_input: 'the file can’t be read: it is damaged or cut short',
	encrypted_input: 'the file has a password: give it as a param',
	wrong_password: 'the password that was given does not open the file',
	limit_exceeded: 'the file is larger, or has more pages, than the tool or the plan takes',
	timeout: 'the tool took longer than it may',
	tool_failed: 'the tool can’t do it with this file',
	worker_lost: 'the machine that ran it was lost, three times',
	internal: 'a bug of ours; try it again',
} as const;
export type JobErrorCode = keyof typeof JOB_ERROR_MEANING;
export const JOB_ERROR_CODES = Object.keys(JOB_ERROR_MEANING) as [JobErrorCode, ...JobErrorCode[]];
export const jobErrorCodeSchema = z.enum(JOB_ERROR_CODES).meta({ 'x-enumDescriptions': JOB_ERROR_MEANING });

/** How much a job may tell its owner. `jobs` cuts an outcome to it, whatever a worker sent. */
export const JOB_LIMITS = {
	/** Of the whole result, as JSON. */
	resultBytes: 16 * 1024,
	warnings: 50,
	/** In UTF-16 units, like `errorMessageLength`. */
	warningLength: 1_000,
	errorMessageLength: 1_000,
	/** Of params that are complete, as JSON. No tool takes more: a test of the catalogue holds it. */
	paramsBytes: 32 * 1024,
} as const;

export const jobResultSchema = z
	.looseObject({
		bytes_in: z.number().int(),
		bytes_out: z.number().int(),
		duration_ms: z.number().int(),
		warnings: z
			.array(z.string().meta({ maxLength: JOB_LIMITS.warningLength }))
			.meta({ maxItems: JOB_LIMITS.warnings }),
	})
	.meta({
		description: 'what every tool says, and what this tool adds',
		'x-maxBytes': JOB_LIMITS.resultBytes,
	});

const toolParamsSchema = z.record(z.string(), z.unknown());

/** As they were sent, for the tool to check: a copy would lose a field named `__proto__`, which has to be refused. */
const givenParamsSchema = z
	.custom<Record<string, unknown>>(
		(value) => typeof value === 'object' && value !== null && !Array.isArray(value),
		{
			error: 'must be an object',
		},
	)
	.meta({
		type: 'object',
		description: "the tool's own; GET /v1/tools describes them",
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
			description: 'complete, with the defaults filled in',
			'x-maxBytes': JOB_LIMITS.paramsBytes,
		}),
	})
	.meta({ id: 'CreatedJob' });

export const jobSchema = createdJobSchema
	.extend({
		created_at: timestampSchema,
		started_at: timestampSchema.optional(),
		finished_at: timestampSchema.optional(),
		output_file_id: fileIdSchema.optional(),
		error_code: jobErrorCodeSchema.optional(),
		error_message: z.string().optional().meta({ maxLength: JOB_LIMITS.errorMessageLength }),
		result: jobResultSchema.optional(),
	})
	.meta({ id: 'Job' });
export type Job = z.infer<typeof jobSchema>;

const jobParams = z.object({ id: jobIdSchema });

/** The longest that `?wait=` holds an answer. */
export const MAX_WAIT_SECONDS = 60;

const idempotencyKeySchema = z
	.string()
	.regex(/^[\x20-\x7e]{1,255}$/, { error: 'must be 1 to 255 printable ASCII characters' });

export const createJobHeadersSchema = z.object({ 'Idempotency-Key': idempotencyKeySchema.optional() });

export const createJobBodySchema = z.object({
	tool: z.string().meta({ description: 'a slug of GET /v1/tools', examples: ['compress_heavy'] }),
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
	cost: 2,
	summary: 'Enqueue a tool against an uploaded file.',
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
	],
});

export const listJobs = defineOperation({
	id: 'listJobs',
	title: 'List jobs',
	method: 'get',
	path: '/v1/jobs',
	service: 'jobs',
	access: 'user',
	cost: 2,
	summary: 'List own jobs, newest first.',
	query: pageQuerySchema.extend({
		status: jobStatusSchema.optional(),
		tool: z
			.string()
			.regex(/^[a-z0-9_]{1,64}$/)
			.optional(),
		idempotency_key: idempotencyKeySchema
			.optional()
			.meta({ description: 'only the job that was created with it in the last 24 hours' }),
	}),
	status: 200,
	response: paged(jobSchema),
	errors: ['validation'],
});

export const getJob = defineOperation({
	id: 'getJob',
	title: 'Show or await a job',
	method: 'get',
	path: '/v1/jobs/{id}',
	service: 'jobs',
	access: 'user',
	summary: 'Poll a job, or wait for its next change.',
	params: jobParams,
	query: z.object({
		wait: queryIntegerSchema({ min: 0, max: MAX_WAIT_SECONDS })
			.optional()
			.meta({
				description: 'seconds to hold the answer until status or progress changes',
				examples: [30],
			}),
	}),
	status: 200,
	response: enveloped(jobSchema),
	errors: ['validation', 'not_found'],
});

/** One event at a time: the next is written once the client has taken the last. */
const MAX_STREAMED_BYTES = 64 * 1024;

export const streamJob = defineOperation({
	id: 'streamJob',
	title: 'Follow a job',
	method: 'get',
	path: '/v1/jobs/{id}/events',
	service: 'jobs',
	access: 'user',
	// A stream reads the job for as long as it is open; a wait is a request for each change.
	cost: 4,
	summary: 'Stream a job as Server-Sent Events until it is terminal.',
	params: jobParams,
	status: 200,
	contentType: 'text/event-stream',
	response: z.string().meta({
		description: 'events named job; their data is the bare job',
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
	summary: 'Cancel a queued or running job.',
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
	summary: 'Remove a terminal job.',
	params: jobParams,
	status: 204,
	errors: ['not_found', 'validation'],
});

/** What a tool can choose from on the machines that run it, such as languages and fonts. */
export const capabilitiesSchema = z.record(z.string(), z.array(z.string()));
export type Capabilities = z.infer<typeof capabilitiesSchema>;

const toolOfPlanSchema = z.object({
	max_input_bytes: z.number().int(),
	max_pages: z.number().int().meta({ description: 'of an input, where the tool counts pages' }),
});

export const toolSchema = z
	.object({
		slug: z.string(),
		title: z.string(),
		summary: z.string(),
		accepts: z.array(z.string()).meta({ description: 'media types' }),
		params: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema of params, with defaults' }),
		output: z
			.object({
				suffix: z.string().meta({ description: 'takes the place of the extension' }),
				param: z.string().optional().meta({ description: 'the param whose value chooses the suffix' }),
				suffixes: z.record(z.string(), z.string()).optional().meta({ description: 'by value of the param' }),
			})
			.optional()
			.meta({ description: 'how an output is named after its input' }),
		limits: z.record(z.string(), z.number()).meta({ description: 'units are in the names' }),
		plans: z
			.object({ free: toolOfPlanSchema, pro: toolOfPlanSchema })
			.meta({ description: 'what one job of the tool may take on each plan' }),
		available: z.boolean().meta({ description: 'whether a worker that has the tool is there now' }),
		capabilities: capabilitiesSchema
			.optional()
			.meta({ description: 'what every worker that is there has: languages, fonts' }),
	})
	.meta({ id: 'Tool' });

/** The catalogue, which no client adds to, and what workers report in a heartbeat. */
const MAX_TOOLS_BYTES = 2 * BODY_LIMIT.list;

export const listTools = defineOperation({
	id: 'listTools',
	title: 'List the tools',
	method: 'get',
	path: '/v1/tools',
	service: 'jobs',
	access: 'public',
	summary: 'List every tool with its params.',
	status: 200,
	response: enveloped(z.array(toolSchema).meta({ 'x-maxBytes': MAX_TOOLS_BYTES })),
	errors: [],
});
