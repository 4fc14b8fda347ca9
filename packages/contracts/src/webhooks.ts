import { z } from 'zod';
import { BODY_LIMIT } from './body-limit.ts';
import { jobErrorCodeSchema } from './error-catalog.ts';
import { fileIdSchema } from './files.ts';
import { idSchema } from './ids.ts';
import { jobIdSchema } from './jobs.ts';
import { defineOperation, enveloped, paged, pageQuerySchema } from './operation.ts';
import { planSchema } from './plans.ts';
import { textSchema, timestampSchema } from './text.ts';

export const webhookIdSchema = idSchema('whk');
export const deliveryIdSchema = idSchema('dlv');
export const eventIdSchema = idSchema('evt');

export const MAX_WEBHOOKS_PER_USER = 10;
/** How much of a response body is shown. */
const EXCERPT_CHARACTERS = 1_024;
/** Attempts that a delivery shows, the latest ones. */
export const MAX_SHOWN_ATTEMPTS = 50;
/** The latest attempts of a delivery whose response bodies are kept: a replay adds an attempt, and their number isn't limited. */
export const MAX_KEPT_EXCERPTS = 3;
const MAX_URL_CHARACTERS = 2_048;
const MAX_GRACE_SECONDS = 7 * 24 * 3_600;
const DEFAULT_GRACE_SECONDS = 24 * 3_600;

export const EVENT_TYPES = [
	'job.succeeded',
	'job.failed',
	'job.canceled',
	'plan.changed',
	'key.leaked',
	'webhook.test',
	'webhook.disabled',
] as const;
export const eventTypeSchema = z.enum(EVENT_TYPES).meta({
	'x-enumDescriptions': {
		'job.succeeded': 'A job has ended with an output.',
		'job.failed': 'A job has failed.',
		'job.canceled': 'A job was canceled.',
		'plan.changed': 'The plan of the account changed.',
		'key.leaked': 'Someone reported an API key of the account as leaked, and it was revoked.',
		'webhook.test': 'A test event was requested.',
		'webhook.disabled': 'An endpoint of the account was disabled.',
	},
});
export type EventType = z.infer<typeof eventTypeSchema>;

/** Why an endpoint was disabled. */
export const disabledReasonSchema = z.enum(['failing', 'gone', 'user', 'suspended', 'unverified']).meta({
	'x-enumDescriptions': {
		failing: 'All attempts failed for several days.',
		gone: 'The endpoint responded with 410.',
		user: 'Its owner disabled it.',
		suspended: 'The account was suspended. The endpoint is enabled again when the suspension ends.',
		unverified: 'It was created before the email of the account was verified.',
	},
});
export type DisabledReason = z.infer<typeof disabledReasonSchema>;

/** Describes a field of {@link eventDataSchema} that only events of these types have. */
const onlyIn = (types: string) => ({ description: `Only in \`${types}\` events.` });

/** What an event reports. The field names are those of the resource that it is about. */
export const eventDataSchema = z
	.object({
		job_id: jobIdSchema.optional().meta(onlyIn('job.*')),
		sequence: z.int().optional().meta({
			description:
				'Only in `job.*` events. Increases with each event of a job, because events can arrive in any order.',
		}),
		tool: z
			.string()
			.optional()
			.meta({ maxLength: 64, ...onlyIn('job.*') }),
		status: z.string().optional().meta({ maxLength: 16, description: 'Status of the job or the endpoint.' }),
		input_file_id: fileIdSchema.optional().meta(onlyIn('job.*')),
		output_file_id: fileIdSchema.optional().meta(onlyIn('job.succeeded')),
		error_code: jobErrorCodeSchema.optional().meta(onlyIn('job.failed')),
		bytes_in: z.int().optional().meta(onlyIn('job.succeeded')),
		bytes_out: z.int().optional().meta(onlyIn('job.succeeded')),
		created_at: timestampSchema.optional().meta(onlyIn('job.*')),
		finished_at: timestampSchema.optional().meta(onlyIn('job.*')),
		plan: planSchema.optional().meta(onlyIn('plan.changed')),
		key_id: idSchema('key').optional().meta(onlyIn('key.leaked')),
		webhook_id: webhookIdSchema.optional().meta(onlyIn('webhook.*')),
		reason: disabledReasonSchema.optional().meta(onlyIn('webhook.disabled')),
	})
	.meta({ id: 'EventData' });
export type EventData = z.infer<typeof eventDataSchema>;

const eventSchema = z
	.object({
		id: eventIdSchema.meta({ description: 'Sent as webhook-id.' }),
		type: eventTypeSchema,
		timestamp: timestampSchema.meta({ description: 'When it occurred.' }),
		data: eventDataSchema,
	})
	.meta({ id: 'Event' });

/** The types that an endpoint receives; `*` stands for all, including types that are added later. */
const subscriptionSchema = z
	.array(z.enum(['*', ...EVENT_TYPES]))
	.min(1)
	.max(EVENT_TYPES.length + 1)
	.refine((types) => new Set(types).size === types.length, { error: 'must not repeat a type' })
	.refine((types) => !types.includes('*') || types.length === 1, {
		error: 'must be ["*"] or a list of types',
	});

const urlSchema = z
	.string()
	.max(MAX_URL_CHARACTERS)
	.meta({
		description:
			'An https:// URL with a public host, without control characters, invisible characters and backslashes. Responses show it in its normal form, such as `https://example.com/` for `https://EXAMPLE.com`. Redirects are not followed.',
		examples: ['https://example.com/webhooks'],
	});

const descriptionSchema = textSchema({ min: 1, max: 255 });

const webhookSchema = z
	.object({
		id: webhookIdSchema,
		url: z.string().meta({ maxLength: MAX_URL_CHARACTERS }),
		events: z.array(z.enum(['*', ...EVENT_TYPES])).meta({
			maxItems: EVENT_TYPES.length + 1,
			description:
				'Types of events that the endpoint receives. `*` stands for all, including types that are added later.',
		}),
		description: z.string().optional().meta({ maxLength: 510 }),
		status: z.enum(['enabled', 'disabled']),
		disabled_reason: disabledReasonSchema.optional(),
		failing_since: timestampSchema
			.optional()
			.meta({ description: 'Time of the first failed attempt since the last successful one.' }),
		created_at: timestampSchema,
	})
	.meta({ id: 'Webhook' });

const secretSchema = z.string().meta({
	maxLength: 100,
	description: 'Signs deliveries as Standard Webhooks specifies. Shown only once.',
});

const createdWebhookSchema = webhookSchema.extend({ secret: secretSchema }).meta({ id: 'CreatedWebhook' });

const attemptSchema = z
	.object({
		number: z.int(),
		started_at: timestampSchema,
		duration_ms: z.int(),
		response_status: z.int().optional(),
		error: z.string().optional().meta({ maxLength: 200, description: 'Why there was no response.' }),
		response_excerpt: z.string().optional().meta({
			maxLength: EXCERPT_CHARACTERS,
			description: 'The beginning of the response body. Only the latest 3 attempts have it.',
		}),
	})
	.meta({ id: 'DeliveryAttempt' });

export const deliveryStatusSchema = z.enum(['pending', 'succeeded', 'failed']).meta({
	'x-enumDescriptions': {
		pending: 'It waits for its next attempt.',
		succeeded: 'The endpoint responded with a 2xx status.',
		failed: 'No attempt succeeded, and no further one is planned.',
	},
});
export type DeliveryStatus = z.infer<typeof deliveryStatusSchema>;

/** Why a delivery failed, if not because of its attempts. */
export const failureReasonSchema = z.enum(['url_changed', 'endpoint_disabled']).meta({
	'x-enumDescriptions': {
		url_changed: 'The URL of the endpoint was changed to another server before the delivery arrived.',
		endpoint_disabled: 'The endpoint was disabled before the delivery arrived.',
	},
});
export type FailureReason = z.infer<typeof failureReasonSchema>;

const deliverySchema = z
	.object({
		id: deliveryIdSchema,
		webhook_id: webhookIdSchema,
		event_id: eventIdSchema,
		event_type: eventTypeSchema,
		status: deliveryStatusSchema,
		attempt_count: z.int(),
		response_status: z
			.int()
			.optional()
			.meta({ description: 'HTTP status that the last attempt received. Absent if it received none.' }),
		failure_reason: failureReasonSchema.optional().meta({
			description: 'Why a failed delivery has no further attempts. Absent if its last attempt failed.',
		}),
		created_at: timestampSchema,
		next_attempt_at: timestampSchema
			.optional()
			.meta({ description: 'Present while the delivery is pending.' }),
	})
	.meta({ id: 'Delivery' });

const deliveryWithAttemptsSchema = deliverySchema
	.extend({
		event: eventSchema,
		attempts: z
			.array(attemptSchema)
			.meta({ maxItems: MAX_SHOWN_ATTEMPTS, description: 'The latest attempts, newest first.' }),
	})
	.meta({ id: 'DeliveryWithAttempts' });

const startedDelivery = enveloped(z.object({ delivery_id: deliveryIdSchema }));

const webhookParams = z.object({ id: webhookIdSchema });
const deliveryParams = z.object({ id: webhookIdSchema, delivery_id: deliveryIdSchema });

export const createWebhook = defineOperation({
	id: 'createWebhook',
	title: 'Create a webhook endpoint',
	method: 'post',
	path: '/v1/webhooks',
	service: 'webhooks',
	access: 'user',
	scope: 'webhooks:write',
	cost: 4,
	summary:
		'Registers a URL that receives events, and returns the secret that signs them. At most 10 per account. If the response is lost, rotate the secret of the endpoint that the list shows.',
	maxBodyBytes: BODY_LIMIT.file,
	body: z.object({
		url: urlSchema,
		events: subscriptionSchema.optional().meta({
			description:
				'Types of events to receive. By default `["*"]`: all, including types that are added later.',
			examples: [['job.succeeded', 'job.failed']],
		}),
		description: descriptionSchema.optional(),
	}),
	status: 201,
	response: enveloped(createdWebhookSchema),
	errors: ['validation', 'plan_limit', 'email_not_verified'],
});

export const listWebhooks = defineOperation({
	id: 'listWebhooks',
	title: 'List webhook endpoints',
	method: 'get',
	path: '/v1/webhooks',
	service: 'webhooks',
	access: 'user',
	scope: 'webhooks:read',
	summary: 'Lists your webhook endpoints, newest first.',
	status: 200,
	response: enveloped(z.array(webhookSchema).meta({ maxItems: MAX_WEBHOOKS_PER_USER })),
	errors: [],
});

export const getWebhook = defineOperation({
	id: 'getWebhook',
	title: 'Get a webhook endpoint',
	method: 'get',
	path: '/v1/webhooks/{id}',
	service: 'webhooks',
	access: 'user',
	scope: 'webhooks:read',
	summary: 'Returns a webhook endpoint without its secret.',
	params: webhookParams,
	status: 200,
	response: enveloped(webhookSchema),
	errors: ['not_found'],
});

export const updateWebhook = defineOperation({
	id: 'updateWebhook',
	title: 'Change a webhook endpoint',
	method: 'patch',
	path: '/v1/webhooks/{id}',
	service: 'webhooks',
	access: 'user',
	scope: 'webhooks:write',
	cost: 2,
	summary:
		'Updates an endpoint. Omitted fields stay unchanged. Pending deliveries fail when the endpoint is disabled, or when its URL gets another scheme, host or port. To send them afterwards: POST /v1/webhooks/{id}/recover.',
	params: webhookParams,
	maxBodyBytes: BODY_LIMIT.file,
	body: z.object({
		url: urlSchema.optional(),
		events: subscriptionSchema.optional(),
		description: descriptionSchema.nullable().optional(),
		status: z
			.enum(['enabled', 'disabled'])
			.optional()
			.meta({ examples: ['enabled'] }),
	}),
	status: 200,
	response: enveloped(webhookSchema),
	errors: ['validation', 'not_found'],
});

export const deleteWebhook = defineOperation({
	id: 'deleteWebhook',
	title: 'Delete a webhook endpoint',
	method: 'delete',
	path: '/v1/webhooks/{id}',
	service: 'webhooks',
	access: 'user',
	scope: 'webhooks:write',
	summary: 'Deletes a webhook endpoint with its deliveries. Events stay.',
	params: webhookParams,
	status: 204,
	errors: ['not_found'],
});

export const rotateWebhookSecret = defineOperation({
	id: 'rotateWebhookSecret',
	title: 'Rotate a webhook secret',
	method: 'post',
	path: '/v1/webhooks/{id}/rotate-secret',
	service: 'webhooks',
	access: 'user',
	scope: 'webhooks:write',
	cost: 4,
	summary:
		'Creates a new secret. During the grace period deliveries are signed with both. Only the last two secrets sign: if the response is lost, repeat the request and deploy the new secret at once.',
	params: webhookParams,
	maxBodyBytes: BODY_LIMIT.shortFields,
	body: z.object({
		grace_seconds: z
			.int()
			.min(0)
			.max(MAX_GRACE_SECONDS)
			.default(DEFAULT_GRACE_SECONDS)
			.meta({
				description: 'How long the previous secret stays in use.',
				examples: [DEFAULT_GRACE_SECONDS],
			}),
	}),
	status: 200,
	response: enveloped(z.object({ secret: secretSchema })),
	errors: ['validation', 'not_found'],
});

export const testWebhook = defineOperation({
	id: 'testWebhook',
	title: 'Send a test event',
	method: 'post',
	path: '/v1/webhooks/{id}/test',
	service: 'webhooks',
	access: 'user',
	scope: 'webhooks:write',
	cost: 10,
	summary: 'Sends an event of type webhook.test to an enabled endpoint.',
	params: webhookParams,
	status: 202,
	response: startedDelivery,
	errors: ['validation', 'not_found'],
});

export const listDeliveries = defineOperation({
	id: 'listDeliveries',
	title: 'List webhook deliveries',
	method: 'get',
	path: '/v1/webhooks/{id}/deliveries',
	service: 'webhooks',
	access: 'user',
	scope: 'webhooks:read',
	cost: 2,
	summary: 'Lists the deliveries of the last 30 days, newest first.',
	params: webhookParams,
	query: pageQuerySchema.extend({ status: deliveryStatusSchema.optional() }),
	status: 200,
	response: paged(deliverySchema),
	errors: ['validation', 'not_found'],
});

export const getDelivery = defineOperation({
	id: 'getDelivery',
	title: 'Get a webhook delivery',
	method: 'get',
	path: '/v1/webhooks/{id}/deliveries/{delivery_id}',
	service: 'webhooks',
	access: 'user',
	scope: 'webhooks:read',
	summary: 'Returns a delivery with its event and attempts.',
	params: deliveryParams,
	status: 200,
	response: enveloped(deliveryWithAttemptsSchema),
	errors: ['not_found'],
});

export const replayDelivery = defineOperation({
	id: 'replayDelivery',
	title: 'Replay a webhook delivery',
	method: 'post',
	path: '/v1/webhooks/{id}/deliveries/{delivery_id}/replay',
	service: 'webhooks',
	access: 'user',
	scope: 'webhooks:write',
	cost: 4,
	summary:
		'Sends a delivery again, with the same webhook-id, and retries it like a new one. The endpoint must be enabled.',
	params: deliveryParams,
	status: 202,
	response: startedDelivery,
	errors: ['validation', 'not_found'],
});

export const recoverDeliveries = defineOperation({
	id: 'recoverDeliveries',
	title: 'Recover missed events',
	method: 'post',
	path: '/v1/webhooks/{id}/recover',
	service: 'webhooks',
	access: 'user',
	scope: 'webhooks:write',
	cost: 10,
	summary:
		'Sends the events of a period that the endpoint hasn’t received: failed deliveries, deliveries waiting for a retry, and events without a delivery, for example from while the endpoint was disabled or didn’t exist. The endpoint must be enabled. An account can recover a limited number of deliveries in an hour, 10,000 by default. Beyond it, `has_more` is true: repeat the request at `continue_at`. Until then it gets 429.',
	params: webhookParams,
	maxBodyBytes: BODY_LIMIT.shortFields,
	body: z.object({
		since: timestampSchema.meta({ examples: ['2026-01-01T00:00:00Z'] }),
		until: timestampSchema.optional().meta({ description: 'Now by default.' }),
	}),
	status: 202,
	response: enveloped(
		z.object({
			count: z
				.int()
				.meta({ description: 'Number of deliveries that are sent now. 0 if nothing was missed.' }),
			has_more: z.boolean().meta({
				description: 'Whether more deliveries are left, because the limit of the hour is reached.',
			}),
			continue_at: timestampSchema
				.optional()
				.meta({ description: 'Present if `has_more` is true: when the same request sends more.' }),
		}),
	),
	errors: ['validation', 'not_found'],
});

export const listEvents = defineOperation({
	id: 'listEvents',
	title: 'List events',
	method: 'get',
	path: '/v1/events',
	service: 'webhooks',
	access: 'user',
	scope: 'webhooks:read',
	cost: 2,
	summary: 'Lists the events of the last 30 days, newest first, whether or not an endpoint receives them.',
	query: pageQuerySchema.extend({
		type: eventTypeSchema.optional(),
		since: timestampSchema.optional().meta({ description: 'Only events from this time on.' }),
	}),
	status: 200,
	response: paged(eventSchema),
	errors: ['validation'],
});
