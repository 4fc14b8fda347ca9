import { z } from 'zod';
import { keyIdSchema } from './api-keys.ts';
import { BODY_LIMIT } from './body-limit.ts';
import { completedPartsSchema, fileIdSchema, fileNameSchema, mimeTypeSchema, uploadSchema } from './files.ts';
import { idSchema } from './ids.ts';
import { capabilitiesSchema, jobIdSchema } from './jobs.ts';
import { type BodyInputOf, defineOperation, enveloped, type ResponseOf } from './operation.ts';
import { rateLimitPolicySchema } from './rate-limits.ts';
import { timestampSchema } from './text.ts';

const userIdSchema = idSchema('usr');
const sessionIdSchema = idSchema('ses');

/** Expected duration of the tool, once the worker knows it. */
const expectedSecondsSchema = z.int().min(0).max(1_000_000).optional();

/** Returns the public keys of user tokens as a JWK set. */
export const getJwks = defineOperation({
	id: 'getJwks',
	method: 'get',
	path: '/internal/jwks',
	service: 'auth',
	access: ['gateway', 'files', 'jobs', 'billing'],
	summary: 'Public keys of user tokens.',
	status: 200,
	response: z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string() })) }),
	errors: [],
});

/** Returns whether a session is live, and records that it was seen. */
export const checkSession = defineOperation({
	id: 'checkSession',
	method: 'post',
	path: '/internal/sessions/check',
	service: 'auth',
	access: ['gateway'],
	summary: 'Say whether a session is live.',
	maxBodyBytes: BODY_LIMIT.auth,
	body: z.object({ session_id: sessionIdSchema }),
	status: 200,
	response: enveloped(z.object({ alive: z.boolean() })),
	errors: [],
});

const gatewayParamsSchema = z.object({ id: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/) });

const keyHashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** What a gateway needs to know of a live API key. */
const liveApiKeySchema = z.object({
	key_id: keyIdSchema,
	user_id: userIdSchema,
	scopes: z.array(z.string()),
	tools: z.array(z.string()).nullable(),
	allowed_ips: z.array(z.string()).nullable(),
	expires_at: timestampSchema.nullable().meta({ description: 'also the end of the grace period' }),
});

export type LiveApiKey = z.output<typeof liveApiKeySchema>;

/** Returns what the API key with this SHA-256 may do, or null if it doesn't work. The first call for a new key starts the grace period that waits for it. */
export const checkApiKey = defineOperation({
	id: 'checkApiKey',
	method: 'post',
	path: '/internal/keys/check',
	service: 'auth',
	access: ['gateway'],
	summary: 'Say what an API key may do.',
	maxBodyBytes: BODY_LIMIT.auth,
	body: z.object({ key_hash: keyHashSchema }),
	status: 200,
	response: enveloped(z.object({ key: liveApiKeySchema.nullable() })),
	errors: [],
});

/** Keys in one {@link reportApiKeyUse}. */
export const MAX_KEY_USES = 1_000;

/** Records when and from where API keys were last used. A time before the recorded one changes nothing. */
export const reportApiKeyUse = defineOperation({
	id: 'reportApiKeyUse',
	method: 'post',
	path: '/internal/keys/use',
	service: 'auth',
	access: ['gateway'],
	summary: 'Record the last use of API keys.',
	maxBodyBytes: BODY_LIMIT.list,
	body: z.object({
		uses: z
			.array(z.object({ key_id: keyIdSchema, used_at: timestampSchema, ip: z.string() }))
			.max(MAX_KEY_USES),
	}),
	status: 204,
	errors: [],
});

/**
 * Lets a gateway use its session cache for `ttl_ms`, counted from before its request. `granted: false`: the instance missed a
 * revocation, and its lease is fenced. It must clear its cache and request a lease under a new instance id. A gateway without
 * exactly the keys of `key_ids` loads them before it uses the lease.
 */
export const leaseGateway = defineOperation({
	id: 'leaseGateway',
	method: 'put',
	path: '/internal/gateways/{id}/lease',
	service: 'auth',
	access: ['gateway'],
	summary: 'Grant or renew the lease of a gateway’s session cache.',
	params: gatewayParamsSchema,
	maxBodyBytes: BODY_LIMIT.auth,
	body: z.object({ callback_url: z.url({ protocol: /^https?$/ }) }),
	status: 200,
	response: enveloped(
		z.object({
			granted: z.boolean(),
			ttl_ms: z.int(),
			key_ids: z.array(z.string()).optional().meta({ description: 'the public keys of valid user tokens' }),
		}),
	),
	errors: [],
});

/** Releases the lease of a gateway that shuts down, so that no sign-out waits for its end. */
export const releaseLease = defineOperation({
	id: 'releaseLease',
	method: 'delete',
	path: '/internal/gateways/{id}/lease',
	service: 'auth',
	access: ['gateway'],
	summary: 'Release the lease of a gateway.',
	params: gatewayParamsSchema,
	status: 204,
	errors: [],
});

/** Quotas in one {@link allocateQuota}. */
export const MAX_QUOTA_REQUESTS = 500;

/**
 * Allocates units of rate limits to a gateway, which spends them on requests without asking again. The units are paid for in advance: the
 * bucket of the principal and policy is full again after `full_in_ms`, at which time none of its window is in use.
 */
export const allocateQuota = defineOperation({
	id: 'allocateQuota',
	method: 'post',
	path: '/internal/quota/allocations',
	service: 'auth',
	access: ['gateway'],
	summary: 'Allocate units of rate limits to a gateway.',
	maxBodyBytes: BODY_LIMIT.list,
	body: z.object({
		requests: z
			.array(
				z.object({
					user_id: userIdSchema,
					principal: z
						.union([userIdSchema, keyIdSchema])
						.meta({ description: 'an API key or, for sessions, the user' }),
					policy: rateLimitPolicySchema,
					is_large: z.boolean().meta({ description: 'the bucket was more than half full' }),
					late_units: z.int().min(0).max(1_000_000_000).meta({
						description: 'spent after the bucket was full again without them: they are paid for now',
					}),
				}),
			)
			.max(MAX_QUOTA_REQUESTS)
			.meta({ description: 'each principal and policy once' }),
	}),
	status: 200,
	response: enveloped(
		z.object({
			gateways: z.int().min(1).meta({ description: 'that share the quota: those with a lease' }),
			allocations: z
				.array(
					z
						.object({
							limit: z.int().min(0).meta({ description: 'units a minute; 0: no limit' }),
							units: z.int().min(0).meta({ description: '0: too much is allocated in advance' }),
							full_in_ms: z.number(),
						})
						.nullable()
						.meta({ description: 'null: no such user' }),
				)
				.meta({ description: 'in the order of the requests' }),
		}),
	),
	errors: [],
});

export type QuotaRequest = BodyInputOf<typeof allocateQuota>['requests'][number];
export type QuotaAllocation = ResponseOf<typeof allocateQuota>['data']['allocations'][number];

/** Stands for no session in a push that is only about API keys: a gateway of release 0.3.0 accepts no empty list. */
export const NO_SESSION = 'ses_00000000000000000000000000';

/** Revokes sessions and API keys at a gateway. The response is sent once it rejects all their requests. Changed keys are checked again. */
export const pushRevocations = defineOperation({
	id: 'pushRevocations',
	method: 'post',
	path: '/internal/sessions/revoked',
	service: 'gateway',
	access: ['auth'],
	summary: 'Reject all requests of revoked sessions and API keys, and check changed keys again.',
	maxBodyBytes: BODY_LIMIT.list,
	body: z.object({
		instance_id: z.string(),
		session_ids: z.array(sessionIdSchema).min(1),
		revoked_keys: z.array(keyHashSchema).default([]).meta({ description: 'SHA-256 of each' }),
		changed_keys: z.array(keyHashSchema).default([]).meta({ description: 'SHA-256 of each' }),
	}),
	status: 204,
	errors: ['not_found'],
});

/** Checks that a user's file can be the input of a new job, and that the user's storage isn't full. */
export const checkInput = defineOperation({
	id: 'checkInput',
	method: 'post',
	path: '/internal/inputs/{id}/check',
	service: 'files',
	access: ['jobs'],
	summary: 'Say what an input file is, or why it cannot be one.',
	params: z.object({ id: fileIdSchema }),
	maxBodyBytes: BODY_LIMIT.auth,
	body: z.object({ user_id: userIdSchema }),
	status: 200,
	response: enveloped(z.object({ name: z.string(), mime_type: z.string(), size_bytes: z.int() })),
	errors: ['not_found', 'file_not_uploaded', 'plan_limit', 'email_not_verified'],
});

/** Returns a download URL of exactly this object, by its ETag. */
export const openInput = defineOperation({
	id: 'openInput',
	method: 'post',
	path: '/internal/inputs/{id}/open',
	service: 'files',
	access: ['tool-worker'],
	summary: 'Presign the download of an input.',
	params: z.object({ id: fileIdSchema }),
	maxBodyBytes: BODY_LIMIT.auth,
	body: z.object({ user_id: userIdSchema }),
	status: 200,
	response: enveloped(
		z.object({
			name: z.string(),
			mime_type: z.string(),
			size_bytes: z.int(),
			etag: z.string(),
			download_url: z.string(),
		}),
	),
	errors: ['not_found', 'file_not_uploaded'],
});

/** Creates a file for an attempt's output. It is invisible until {@link publishOutput}. */
export const createOutput = defineOperation({
	id: 'createOutput',
	method: 'post',
	path: '/internal/outputs',
	service: 'files',
	access: ['tool-worker'],
	summary: 'Presign the upload of an output.',
	maxBodyBytes: BODY_LIMIT.file,
	body: z.object({
		job_id: jobIdSchema,
		user_id: userIdSchema,
		name: fileNameSchema,
		mime_type: mimeTypeSchema,
		size_bytes: z.int().min(1),
	}),
	status: 201,
	response: enveloped(uploadSchema),
	errors: ['validation', 'too_large', 'not_found', 'plan_limit', 'email_not_verified'],
});

export const completeOutput = defineOperation({
	id: 'completeOutput',
	method: 'post',
	path: '/internal/outputs/{id}/complete',
	service: 'files',
	access: ['tool-worker'],
	summary: 'Finish a multipart upload of an output.',
	params: z.object({ id: fileIdSchema }),
	maxBodyBytes: BODY_LIMIT.list,
	body: z.object({ parts: completedPartsSchema }),
	status: 204,
	errors: ['validation', 'not_found', 'file_not_uploaded'],
});

/** Makes this file the only output of its job; it replaces one that was published before. Idempotent. */
export const publishOutput = defineOperation({
	id: 'publishOutput',
	method: 'post',
	path: '/internal/outputs/{id}/publish',
	service: 'files',
	access: ['jobs'],
	summary: 'Show an output to its owner.',
	params: z.object({ id: fileIdSchema }),
	maxBodyBytes: BODY_LIMIT.auth,
	body: z.object({ job_id: jobIdSchema }),
	status: 204,
	errors: ['not_found', 'file_not_uploaded'],
});

/** Deletes every output of a job that did not succeed. Idempotent. */
export const discardOutputs = defineOperation({
	id: 'discardOutputs',
	method: 'post',
	path: '/internal/outputs/discard',
	service: 'files',
	access: ['jobs'],
	summary: 'Remove the outputs of a job.',
	maxBodyBytes: BODY_LIMIT.auth,
	body: z.object({ job_id: jobIdSchema }),
	status: 204,
	errors: [],
});

/**
 * Claims a job. `granted`: the worker runs attempt number `attempt`, leased until its heartbeats stop for `lease_ms`. `held`: the
 * current attempt is running or finishing, or its expired lease is not yet marked lost. `unwanted`: the job has ended or was deleted.
 * After both, ack the message: if that attempt is lost, the jobs service publishes another message. Workers of release 0.3.0 read these
 * names.
 */
export const claimJob = defineOperation({
	id: 'claimJob',
	method: 'post',
	path: '/internal/jobs/{id}/claim',
	service: 'jobs',
	access: ['tool-worker'],
	summary: 'Claim a job.',
	params: z.object({ id: jobIdSchema }),
	maxBodyBytes: BODY_LIMIT.auth,
	body: z.object({ worker_id: z.string().min(1).max(200) }),
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
					.meta({ description: 'an earlier worker found that it takes long' }),
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
	maxBodyBytes: BODY_LIMIT.auth,
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
		slots: z
			.record(z.string(), z.int().min(0))
			.meta({ description: 'how many jobs of each tool it runs at once' }),
		capabilities: z
			.record(z.string(), capabilitiesSchema)
			.meta({ description: 'what each of its tools can choose from there' }),
		background_slots: z
			.int()
			.min(0)
			.optional()
			.meta({ description: 'how many long jobs, of all tools together, it runs beside the others' }),
		running: z.array(
			z.object({
				job_id: jobIdSchema,
				attempt: z.int().min(1),
				background: z.boolean().optional().meta({ description: 'it takes long' }),
				expected_seconds: expectedSecondsSchema,
			}),
		),
	}),
	status: 200,
	response: enveloped(
		z.object({
			stop: z
				.array(jobIdSchema)
				.meta({ description: 'jobs that were canceled, or that another worker has claimed' }),
			beat_ms: z
				.int()
				.meta({ description: 'interval of heartbeats; workers of release 0.3.0 read this name' }),
		}),
	),
	errors: [],
});

/** Returns the owner of an account, for the customer at Stripe and the limits of webhooks. */
export const getAccount = defineOperation({
	id: 'getAccount',
	method: 'get',
	path: '/internal/accounts/{id}',
	service: 'auth',
	access: ['billing', 'webhooks'],
	summary: 'Show the email and name of an account.',
	params: z.object({ id: userIdSchema }),
	status: 200,
	response: enveloped(
		z.object({
			email: z.string(),
			name: z.string().nullable(),
			email_verified: z
				.boolean()
				.optional()
				.meta({ description: 'auth of the previous release doesn’t send it' }),
		}),
	),
	errors: ['not_found'],
});

export const getJobUse = defineOperation({
	id: 'getJobUse',
	method: 'get',
	path: '/internal/users/{id}/job-use',
	service: 'jobs',
	access: ['billing'],
	summary: 'Say how much a user uses of what the plan limits.',
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

export const getStorageUse = defineOperation({
	id: 'getStorageUse',
	method: 'get',
	path: '/internal/users/{id}/storage-use',
	service: 'files',
	access: ['billing'],
	summary: 'Sum up the files and bytes that a user has stored or may still upload.',
	params: z.object({ id: userIdSchema }),
	status: 200,
	response: enveloped(
		z.object({
			stored_bytes: z.int(),
			stored_files: z.int().optional().meta({ description: 'files and unfinished uploads' }),
			max_stored_bytes: z
				.int()
				.optional()
				.meta({ description: 'less than the plan allows while the email is not verified' }),
		}),
	),
	errors: [],
});
