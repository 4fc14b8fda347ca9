import { z } from 'zod';
import { keyIdSchema } from '../api-keys.ts';
import { BODY_LIMIT } from '../body-limit.ts';
import { idSchema } from '../ids.ts';
import { type BodyInputOf, defineOperation, enveloped, type ResponseOf } from '../operation.ts';
import { planSchema } from '../plans.ts';
import { rateLimitPolicySchema } from '../rate-limits.ts';
import { timestampSchema } from '../text.ts';

const userIdSchema = idSchema('usr');

export const sessionIdSchema = idSchema('ses');

/** Returns the public halves of the signing keys, which verify user tokens, as a JWK set. */
export const getJwks = defineOperation({
	id: 'getJwks',
	method: 'get',
	path: '/internal/jwks',
	service: 'auth',
	access: ['gateway'],
	summary: 'Return the signing keys of user tokens as a JWK set.',
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
	summary: 'Return whether a session is live.',
	maxBodyBytes: BODY_LIMIT.shortFields,
	body: z.object({ session_id: sessionIdSchema }),
	status: 200,
	response: enveloped(z.object({ alive: z.boolean() })),
	errors: [],
});

const gatewayParamsSchema = z.object({ id: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/) });

/** The SHA-256 of an API key. */
export const keyHashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** What a gateway needs to know of a live API key. */
const liveApiKeySchema = z.object({
	key_id: keyIdSchema,
	user_id: userIdSchema,
	scopes: z.array(z.string()),
	tools: z.array(z.string()).nullable(),
	allowed_ips: z.array(z.string()).nullable(),
	expires_at: timestampSchema.nullable().meta({ description: 'also the end of the grace period' }),
	plan: planSchema.meta({ description: 'of its user' }),
	starts_grace_period: z.boolean().meta({
		description: 'the grace period of the key that it replaces starts with its first successful use',
	}),
});

export type LiveApiKey = z.output<typeof liveApiKeySchema>;

/** Returns what the API key with this SHA-256 may do, or null if it doesn't work. */
export const checkApiKey = defineOperation({
	id: 'checkApiKey',
	method: 'post',
	path: '/internal/keys/check',
	service: 'auth',
	access: ['gateway'],
	summary: 'Return what an API key may do.',
	maxBodyBytes: BODY_LIMIT.shortFields,
	body: z.object({ key_hash: keyHashSchema }),
	status: 200,
	response: enveloped(z.object({ key: liveApiKeySchema.nullable() })),
	errors: [],
});

/** Starts the grace period of the key that this one replaces, if it was rotated with `grace_starts: first_use`. */
export const reportFirstUse = defineOperation({
	id: 'reportFirstUse',
	method: 'post',
	path: '/internal/keys/first-use',
	service: 'auth',
	access: ['gateway'],
	summary: 'Start the grace period of a replaced API key.',
	maxBodyBytes: BODY_LIMIT.shortFields,
	body: z.object({ key_id: keyIdSchema }),
	status: 204,
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
 * Lets a gateway use its cache of sessions and API keys for `ttl_ms`, counted from before its request. `granted: false`: the lease is
 * fenced, because the instance missed a revocation, released its lease, or let it expire more than a minute ago. It must clear its cache and
 * request a lease under a new instance id. A gateway without exactly the keys of `key_ids` loads them before it uses the lease.
 */
export const leaseGateway = defineOperation({
	id: 'leaseGateway',
	method: 'put',
	path: '/internal/gateways/{id}/lease',
	service: 'auth',
	access: ['gateway'],
	summary: 'Grant or renew the lease of a gateway.',
	params: gatewayParamsSchema,
	maxBodyBytes: BODY_LIMIT.shortFields,
	body: z.object({ callback_url: z.url({ protocol: /^https?$/ }) }),
	status: 200,
	response: enveloped(
		z.object({
			granted: z.boolean(),
			ttl_ms: z.int(),
			key_ids: z.array(z.string()).optional().meta({ description: 'the signing keys of valid user tokens' }),
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
 * Allocates units of rate limits to a gateway, which spends them on requests without another call. Units leave the bucket of the principal
 * and policy when they are allocated. It is full again after `full_in_ms`.
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
					is_large: z
						.boolean()
						.meta({ description: 'request a large allocation: the bucket was more than half full' }),
					excess_units: z.int().min(0).max(1_000_000_000).meta({
						description:
							'unspent units by which the gateway and the refilled bucket exceed the quota; deducted from it now',
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
							units: z
								.int()
								.min(0)
								.meta({ description: '0: units of a full window are already allocated in advance' }),
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

/** Returns the owner of an account, for the customer in Stripe and the limits of webhooks. */
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
