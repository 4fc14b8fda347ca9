import { isIP } from 'node:net';
import { z } from 'zod';
import { BODY_LIMIT } from './body-limit.ts';
import { idSchema } from './ids.ts';
import { defineOperation, enveloped, paged, pageQuerySchema } from './operation.ts';
import { SCOPES, scopeSchema, scopesSchema } from './scopes.ts';
import { isStorableText, textSchema, timestampSchema } from './text.ts';

/** Live keys of one user. */
export const MAX_API_KEYS = 50;
/** Events of one key that are kept and listed. */
export const MAX_API_KEY_EVENTS = 100;

const MAX_TOOLS = 50;
const MAX_RANGES = 50;
const MAX_METADATA_FIELDS = 10;
const MAX_METADATA_NAME_LENGTH = 40;
const MAX_METADATA_VALUE_LENGTH = 200;
/** Every character escaped. */
const MAX_METADATA_BYTES =
	MAX_METADATA_FIELDS * 6 * (MAX_METADATA_NAME_LENGTH + MAX_METADATA_VALUE_LENGTH + 8);
const MAX_GRACE_SECONDS = 7 * 24 * 3600;
const MAX_IP_LENGTH = 45;

export const keyIdSchema = idSchema('key');

const nameSchema = textSchema({ min: 1, max: 64 }).meta({ examples: ['Build server'] });
const toolSchema = z.string().regex(/^[a-z0-9_]{1,64}$/, { error: 'must be the slug of a tool' });

/** Whether the text is an address or a range such as 192.0.2.0/24 or 2001:db8::/32. */
function isRange(text: string): boolean {
	const [address = '', bits, ...more] = text.split('/');
	const version = isIP(address);
	if (version === 0 || address.includes('%') || more.length > 0) return false;
	return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

const rangeSchema = z
	.string()
	.max(MAX_IP_LENGTH + 4)
	.refine(isRange, { error: 'must be an IP address or a CIDR range such as 192.0.2.0/24' });

const toolsSchema = z
	.array(toolSchema.meta({ maxLength: 64 }))
	.min(1)
	.max(MAX_TOOLS)
	.transform((tools) => [...new Set(tools)])
	.nullable()
	.meta({
		maxItems: MAX_TOOLS,
		description: 'The tools that the key may create jobs with. null: every tool.',
	});

const allowedIpsSchema = z.array(rangeSchema).min(1).max(MAX_RANGES).nullable().meta({
	maxItems: MAX_RANGES,
	description: 'IP addresses and CIDR ranges that the key works from. null: every address.',
});

/** Refuses a name that zod would drop without an error. */
function refuseProto(metadata: Record<string, string>, context: z.RefinementCtx): unknown {
	if (Object.hasOwn(Object(metadata), '__proto__'))
		context.addIssue({ code: 'custom', path: ['__proto__'], message: 'must have another name' });
	return metadata;
}

const metadataRecordSchema = z
	.record(
		z.string().regex(/^[\w.-]{1,40}$/, { error: 'must have 1 to 40 letters, digits, "_", "." or "-"' }),
		z.string().max(MAX_METADATA_VALUE_LENGTH).refine(isStorableText, {
			error: 'must be well-formed Unicode without NUL',
		}),
	)
	.refine((metadata) => Object.keys(metadata).length <= MAX_METADATA_FIELDS, {
		error: `must have at most ${MAX_METADATA_FIELDS} fields`,
	})
	.meta({
		maxProperties: MAX_METADATA_FIELDS,
		'x-maxBytes': MAX_METADATA_BYTES,
		description: 'Up to 10 key-value pairs of your own.',
	});
const metadataSchema = z.preprocess(refuseProto, metadataRecordSchema);

const futureSchema = timestampSchema
	.refine((time) => Date.parse(time) > Date.now(), { error: 'must be in the future' })
	.nullable()
	.meta({ description: 'When the key stops working. null: never. RFC 3339, UTC.' });

/** Status of a key. */
const KEY_STATUSES = {
	active: 'The key works.',
	rotating: 'Another key replaces it. It works until its grace period ends.',
	expired: 'It expired, or its grace period has ended.',
	revoked: 'It was revoked, or it was reported as leaked.',
} as const;

export const apiKeySchema = z
	.object({
		id: keyIdSchema,
		name: z.string().meta({ maxLength: 128 }),
		start: z.string().meta({ maxLength: 32, description: 'How the key starts.' }),
		last4: z.string().meta({ maxLength: 4, description: 'How the key ends.' }),
		scopes: z.array(scopeSchema).meta({ maxItems: Object.keys(SCOPES).length }),
		tools: z
			.array(z.string().meta({ maxLength: 64 }))
			.meta({ maxItems: MAX_TOOLS })
			.nullable()
			.meta({ description: 'null: every tool.' }),
		allowed_ips: z
			.array(z.string().meta({ maxLength: MAX_IP_LENGTH + 4 }))
			.meta({ maxItems: MAX_RANGES })
			.nullable()
			.meta({ description: 'null: every address.' }),
		metadata: z
			.record(z.string(), z.string())
			.meta({ 'x-maxBytes': MAX_METADATA_BYTES, description: 'Key-value pairs of your own.' }),
		status: z
			.enum(Object.keys(KEY_STATUSES) as [keyof typeof KEY_STATUSES])
			.meta({ 'x-enumDescriptions': KEY_STATUSES }),
		created_at: timestampSchema,
		expires_at: timestampSchema.nullable().meta({
			description:
				'When the key stops working: its expiry, or the end of its grace period if that is earlier.',
		}),
		last_used_at: timestampSchema.nullable().meta({
			description: 'Rounded down to the minute. A use appears after up to two minutes. null: never.',
		}),
		last_used_ip: z.string().meta({ maxLength: MAX_IP_LENGTH }).nullable(),
		replaces: keyIdSchema.optional().meta({ description: 'The key that this one replaces.' }),
	})
	.meta({ id: 'ApiKey' });

/** The only response with the key itself. */
const newKeySchema = apiKeySchema
	.extend({
		key: z.string().meta({ maxLength: 64, description: 'The key. It is shown only once: store it now.' }),
	})
	.meta({ id: 'NewApiKey' });

const EVENT_TYPES = {
	created: 'The key was created.',
	rotated: 'Another key was created to replace it.',
	changed: 'Its name, scopes, tools, IP addresses, expiry or metadata were changed.',
	revoked: 'It was revoked.',
	leaked: 'Somebody reported the key as leaked, and it was revoked.',
} as const;

export const apiKeyEventSchema = z
	.object({
		type: z
			.enum(Object.keys(EVENT_TYPES) as [keyof typeof EVENT_TYPES])
			.meta({ 'x-enumDescriptions': EVENT_TYPES }),
		created_at: timestampSchema,
		ip: z.string().meta({ maxLength: MAX_IP_LENGTH }).nullable().meta({
			description: 'The IP address of the request. null: an operator of the service.',
		}),
		user_agent: z.string().meta({ maxLength: 512 }).nullable(),
	})
	.meta({ id: 'ApiKeyEvent' });

const paramsSchema = z.object({ id: keyIdSchema });

export const createApiKey = defineOperation({
	id: 'createApiKey',
	title: 'Create an API key',
	method: 'post',
	path: '/v1/keys',
	service: 'auth',
	access: 'user',
	cost: 5,
	summary: `Creates an API key. The response contains the key, which is never shown again: if the response is lost, revoke the key that the list shows, and create another. An account can have ${MAX_API_KEYS} working keys, including replaced ones in their grace period. Rotations may exceed that, up to ${2 * MAX_API_KEYS}.`,
	maxBodyBytes: BODY_LIMIT.file,
	body: z.object({
		name: nameSchema,
		scopes: scopesSchema,
		tools: toolsSchema.optional(),
		allowed_ips: allowedIpsSchema.optional(),
		expires_at: futureSchema.optional(),
		metadata: metadataSchema.optional(),
	}),
	status: 201,
	response: enveloped(newKeySchema),
	errors: ['validation', 'plan_limit', 'email_not_verified'],
});

export const listApiKeys = defineOperation({
	id: 'listApiKeys',
	title: 'List API keys',
	method: 'get',
	path: '/v1/keys',
	service: 'auth',
	access: 'user',
	cost: 10,
	summary: 'Lists all working keys and the last 100 expired or revoked ones, newest first.',
	query: pageQuerySchema,
	status: 200,
	response: paged(apiKeySchema),
	errors: ['validation'],
});

export const getApiKey = defineOperation({
	id: 'getApiKey',
	title: 'Get an API key',
	method: 'get',
	path: '/v1/keys/{id}',
	service: 'auth',
	access: 'user',
	summary: 'Returns an API key, without the key itself.',
	params: paramsSchema,
	status: 200,
	response: enveloped(apiKeySchema),
	errors: ['not_found'],
});

export const updateApiKey = defineOperation({
	id: 'updateApiKey',
	title: 'Change an API key',
	method: 'patch',
	path: '/v1/keys/{id}',
	service: 'auth',
	access: 'user',
	cost: 5,
	summary:
		'Updates an active or rotating key. Omitted fields stay unchanged. When this returns, the new values apply everywhere.',
	params: paramsSchema,
	maxBodyBytes: BODY_LIMIT.file,
	body: z.object({
		name: nameSchema.optional(),
		scopes: scopesSchema.optional(),
		tools: toolsSchema.optional(),
		allowed_ips: allowedIpsSchema.optional(),
		expires_at: futureSchema.optional(),
		metadata: metadataSchema.optional(),
	}),
	status: 200,
	response: enveloped(apiKeySchema),
	errors: ['validation', 'not_found'],
});

export const deleteApiKey = defineOperation({
	id: 'deleteApiKey',
	title: 'Revoke an API key',
	method: 'delete',
	path: '/v1/keys/{id}',
	service: 'auth',
	access: 'user',
	cost: 0,
	summary: 'Revokes an API key. Once this returns, the key is rejected everywhere. May be repeated.',
	params: paramsSchema,
	status: 204,
	errors: ['not_found'],
});

export const rotateApiKey = defineOperation({
	id: 'rotateApiKey',
	title: 'Rotate an API key',
	method: 'post',
	path: '/v1/keys/{id}/rotate',
	service: 'auth',
	access: 'user',
	cost: 5,
	summary:
		'Creates a key with the same name, scopes, tools, IP addresses and metadata, which replaces this one. The old key works until the grace period ends. If the response is lost, rotate the new key that the list shows.',
	params: paramsSchema,
	maxBodyBytes: BODY_LIMIT.shortFields,
	body: z.object({
		grace_seconds: z.int().min(0).max(MAX_GRACE_SECONDS).default(86_400).meta({
			description: 'How long the old key still works.',
		}),
		grace_starts: z.enum(['now', 'first_use']).default('now').meta({
			description:
				'Whether the grace period starts now or with the first request that succeeds with the new key.',
		}),
		expires_at: futureSchema.optional().meta({
			description:
				'When the new key stops working. By default, it has the expiry of the old one. null: never.',
		}),
	}),
	status: 201,
	response: enveloped(newKeySchema),
	errors: ['validation', 'not_found', 'plan_limit'],
});

export const listApiKeyEvents = defineOperation({
	id: 'listApiKeyEvents',
	title: 'List events of an API key',
	method: 'get',
	path: '/v1/keys/{id}/events',
	service: 'auth',
	access: 'user',
	summary: `Lists what happened to an API key, newest first: up to ${MAX_API_KEY_EVENTS} events.`,
	params: paramsSchema,
	status: 200,
	response: enveloped(z.array(apiKeyEventSchema).meta({ maxItems: MAX_API_KEY_EVENTS })),
	errors: ['not_found'],
});

export const reportLeakedKey = defineOperation({
	id: 'reportLeakedKey',
	title: 'Report a leaked API key',
	method: 'post',
	path: '/v1/keys/leaked',
	service: 'auth',
	access: 'public',
	summary:
		'Revokes a key that was found in public, and emails its owner, with the IP address of the report. The response is the same whether or not the key exists. No sign-in is needed: the key itself is the proof.',
	maxBodyBytes: BODY_LIMIT.shortFields,
	body: z.object({
		key: z
			.string()
			.max(1024)
			.meta({ examples: ['ctr_live_…'] }),
	}),
	status: 204,
	errors: ['validation', 'rate_limited'],
});
