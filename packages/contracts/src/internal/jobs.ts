import { z } from 'zod';
import { BODY_LIMIT } from '../body-limit.ts';
import { fileIdSchema } from '../files.ts';
import { idSchema } from '../ids.ts';
import { capabilitiesSchema, jobIdSchema } from '../jobs.ts';
import { defineOperation, enveloped, type ResponseOf } from '../operation.ts';

const userIdSchema = idSchema('usr');

/** Expected duration of the tool, once the worker knows it. */
const expectedSecondsSchema = z.int().min(0).max(1_000_000).optional();

/**
 * Claims a job. `granted`: the worker runs attempt number `attempt`, leased until its heartbeats stop for `lease_ms`. `held`: the
 * current attempt is running or finishing, or its expired lease is not yet marked lost; or the job takes long, and the worker has no background
 * slot for it. `unwanted`: the job has ended or was deleted. After both, ack the message: the jobs service publishes another message if that
 * attempt is lost, or when a slot is free. Workers of release 0.3.0 read these names.
 */
export const claimJob = defineOperation({
	id: 'claimJob',
	method: 'post',
	path: '/internal/jobs/{id}/claim',
	service: 'jobs',
	access: ['tool-worker'],
	summary: 'Claim a job.',
	params: z.object({ id: jobIdSchema }),
	maxBodyBytes: BODY_LIMIT.list,
	body: z.object({
		worker_id: z.string().min(1).max(200),
		storing: z.array(jobIdSchema).optional().meta({
			description:
				'background jobs of the worker that only store and report their output, so they can’t be preempted',
		}),
	}),
	status: 200,
	response: enveloped(
		z.discriminatedUnion('answer', [
			z.object({
				answer: z.literal('granted'),
				attempt: z.int().min(1),
				lease_ms: z.int(),
				tool: z.string(),
				params: z.record(z.string(), z.unknown()).meta({ description: 'with secrets redacted' }),
				sealed_secrets: z
					.string()
					.optional()
					.meta({ description: 'the secret params, encrypted for the worker' }),
				input_file_id: fileIdSchema,
				user_id: userIdSchema,
				max_pages: z
					.int()
					.min(1)
					.meta({ description: "maximum pages of an input for this tool on the user's plan" }),
				background: z
					.boolean()
					.optional()
					.meta({ description: 'it takes long, as an earlier worker found, and needs a background slot' }),
				preempted: z
					.object({ job_id: jobIdSchema, attempt: z.int().min(1) })
					.optional()
					.meta({
						description:
							'the attempt that the worker stops at once, because the job takes its background slot. If the worker doesn’t, the next heartbeat names it',
					}),
				pro_max_pages: z.int().optional().meta({ description: 'maximum pages on Pro, if that is more' }),
			}),
			z.object({ answer: z.enum(['held', 'unwanted']) }),
		]),
	),
	errors: [],
});

export type ClaimResponse = ResponseOf<typeof claimJob>['data'];

/**
 * Returns an attempt unfinished; it doesn't count as lost. The jobs service requests another worker at once, as this one shuts down, or, with
 * `background`, once a worker has a free background slot, as the job takes long and this worker has none. The path is that of release
 * 0.3.0.
 */
export const returnJob = defineOperation({
	id: 'returnJob',
	method: 'post',
	path: '/internal/jobs/{id}/release',
	service: 'jobs',
	access: ['tool-worker'],
	summary: 'Return a claimed job.',
	params: z.object({ id: jobIdSchema }),
	maxBodyBytes: BODY_LIMIT.shortFields,
	body: z.object({
		attempt: z.int().min(1),
		background: z.boolean().optional(),
		expected_seconds: expectedSecondsSchema,
	}),
	status: 204,
	errors: [],
});

/** Renews the leases of a worker's attempts, reports its slots, and returns the jobs that it must stop. */
export const heartbeat = defineOperation({
	id: 'heartbeat',
	method: 'put',
	path: '/internal/workers/{id}',
	service: 'jobs',
	access: ['tool-worker'],
	summary: 'Renew the leases of a worker.',
	params: z.object({ id: z.string().min(1).max(200) }),
	maxBodyBytes: BODY_LIMIT.list,
	body: z.object({
		slots: z.record(z.string(), z.int().min(0)).meta({
			description: 'how many jobs of each tool it can run now, those that run in the background included',
		}),
		capabilities: z
			.record(z.string(), capabilitiesSchema)
			.meta({ description: 'choices of each tool on this machine, such as languages' }),
		background_slots: z
			.int()
			.min(0)
			.optional()
			.meta({ description: 'how many long jobs, of all tools together, it can run in the background' }),
		running: z.array(
			z.object({
				job_id: jobIdSchema,
				attempt: z.int().min(1),
				background: z.boolean().optional().meta({ description: 'it takes long' }),
				expected_seconds: expectedSecondsSchema,
				compute_ms: z.int().min(0).max(2_147_483_647).optional().meta({
					description: 'how long the tool has run, without the time spent waiting for a CPU',
				}),
			}),
		),
	}),
	status: 200,
	response: enveloped(
		z.object({
			stop: z.array(jobIdSchema).meta({
				description:
					'jobs whose attempt is no longer current: canceled, ended (also by the reported outcome), deleted, returned, preempted, granted to another worker, or rejected because its outcome couldn’t be applied',
			}),
			beat_ms: z
				.int()
				.meta({ description: 'interval of heartbeats; workers of release 0.3.0 read this name' }),
		}),
	),
	errors: [],
});

export const getJobUse = defineOperation({
	id: 'getJobUse',
	method: 'get',
	path: '/internal/users/{id}/job-use',
	service: 'jobs',
	access: ['billing'],
	summary: 'Return a user’s usage of the plan limits for jobs.',
	params: z.object({ id: userIdSchema }),
	status: 200,
	response: enveloped(
		z.object({
			active_jobs: z.int(),
			max_active_jobs: z
				.int()
				.optional()
				.meta({ description: 'fewer than the plan allows while the email is not verified' }),
			queued_jobs: z.int(),
			compute_seconds: z.int().optional().meta({ description: 'of today, in UTC' }),
		}),
	),
	errors: [],
});
