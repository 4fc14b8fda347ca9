import { z } from 'zod';
import { formatBodyLimit } from './body-limit.ts';
import { API_ERRORS, type ErrorCode } from './error-catalog.ts';
import { errorBodySchema } from './errors.ts';
import type { Operation, ServiceName } from './operation.ts';
import { PUBLIC_OPERATIONS } from './operations.ts';

type JsonObject = Record<string, unknown>;

/** Errors of every operation besides its own, including those of the gateway. */
const SHARED_ERRORS: readonly ErrorCode[] = [
	'validation',
	'too_large',
	'rate_limited',
	'internal',
	'upstream_unavailable',
];

/** Groups of operations, in the order in which a user meets them. */
const TAGS: readonly { name: ServiceName; title: string; description: string }[] = [
	{
		name: 'auth',
		title: 'Accounts and sessions',
		description: 'Sign up, sign in, and manage sessions and API keys.',
	},
	{
		name: 'files',
		title: 'Files',
		description: 'Upload and download files through presigned URLs of the file storage.',
	},
	{ name: 'jobs', title: 'Jobs and tools', description: 'A job runs one tool on one file.' },
	{
		name: 'webhooks',
		title: 'Webhooks and events',
		description: 'Receive events at a URL of yours, or list them.',
	},
	{ name: 'billing', title: 'Plans and billing', description: 'Plan limits, usage and subscriptions.' },
	{ name: 'gateway', title: 'Service', description: 'Health, error codes and the OpenAPI document.' },
];

/** Any one entry admits a request; an empty one makes the others optional. The list of an API key names the scope that it needs. */
function securityOf({ access, scope }: Operation): JsonObject[] {
	if (access === 'public') return [];
	if (access === 'optional-user') return [{}, { bearer: [] }];
	if (scope === undefined) return [{ bearer: [] }];
	return [{ bearer: [] }, { apiKey: scope === 'any' ? [] : [scope] }];
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
	const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, reused: 'inline', unrepresentable: 'any' });
	return hoist(rest);
}

/** Moves schemas with an id from `$defs` to the components of OpenAPI. */
function hoist(schema: JsonObject): JsonObject {
	const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
	const { $defs: _, id: __, ...rest } = JSON.parse(text) as JsonObject;
	return rest;
}

function parameters(operation: Operation): JsonObject[] {
	const places = [
		['path', operation.params],
		['query', operation.query],
		['header', operation.headers],
	] as const;
	return places.flatMap(([place, schema]) => {
		if (!schema) return [];
		const object = jsonSchema(schema, 'input') as {
			properties: Record<string, JsonObject>;
			required?: string[];
		};
		return Object.entries(object.properties).map(([name, property]) => ({
			name,
			in: place,
			required: object.required?.includes(name) ?? false,
			schema: property,
		}));
	});
}

const TEXT_HEADER = { schema: { type: 'string' } };

/** Rate limits of the plan, as draft-ietf-httpapi-ratelimit-headers specifies them. The gateway sends them with every response to a user. */
function rateLimitHeaders(operation: Operation): JsonObject {
	if (securityOf(operation).length === 0) return {};
	return { 'RateLimit-Policy': TEXT_HEADER, RateLimit: TEXT_HEADER };
}

function success(operation: Operation): JsonObject {
	const headers = { 'X-Request-Id': TEXT_HEADER, ...rateLimitHeaders(operation) };
	if (!operation.response) return { description: 'Done.', headers };
	const type = operation.contentType ?? 'application/json';
	return {
		description: 'Success.',
		headers,
		content: { [type]: { schema: jsonSchema(operation.response, 'output') } },
	};
}

/** Returns the errors of API keys that an operation doesn’t admit. */
function scopeErrors({ scope }: Operation): ErrorCode[] {
	if (scope === undefined) return ['session_required'];
	return scope === 'any' ? [] : ['insufficient_scope'];
}

function failures(operation: Operation): JsonObject {
	const own: ErrorCode[] = [...operation.errors, ...SHARED_ERRORS];
	if (securityOf(operation).length > 0) own.push('unauthorized', ...scopeErrors(operation));
	if (operation.params) own.push('not_found');
	const byStatus = Map.groupBy([...new Set(own)], (code) => API_ERRORS[code].status);
	const limitHeaders = { 'Retry-After': { schema: { type: 'integer' } }, ...rateLimitHeaders(operation) };
	const errorResponse = (codes: readonly ErrorCode[]) => ({
		description: codes.join(', '),
		...(codes.includes('rate_limited') && { headers: limitHeaders }),
		content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
	});
	return {
		...Object.fromEntries([...byStatus].map(([status, codes]) => [String(status), errorResponse(codes)])),
		504: errorResponse(['upstream_unavailable']),
	};
}

/** Describes a request body. OpenAPI has no keyword for its size: clients read `x-maxBodyBytes`, people the description. */
function requestBody({ rawBody, body, maxBodyBytes = 0 }: Operation): JsonObject | undefined {
	const schema = rawBody ? { type: 'object' } : body && jsonSchema(body, 'input');
	return (
		schema && {
			required: true,
			description: `At most ${formatBodyLimit(maxBodyBytes)}.`,
			'x-maxBodyBytes': maxBodyBytes,
			content: { 'application/json': { schema } },
		}
	);
}

function describe(operation: Operation): JsonObject {
	const body = requestBody(operation);
	return {
		operationId: operation.id,
		summary: operation.title,
		description: operation.summary,
		tags: [operation.service],
		security: securityOf(operation),
		parameters: parameters(operation),
		...(body ? { requestBody: body } : {}),
		responses: { [operation.status]: success(operation), ...failures(operation) },
	};
}

function componentSchemas(): JsonObject {
	const registered = z.toJSONSchema(z.globalRegistry, {
		io: 'output',
		uri: (id) => `#/components/schemas/${id}`,
	});
	return Object.fromEntries(
		Object.entries(registered.schemas).map(([name, schema]) => {
			const { $schema: _, $id: __, id: ___, ...rest } = schema as JsonObject;
			return [name, rest];
		}),
	);
}

/** Returns the OpenAPI 3.1 document of the public API, generated from the schemas that validate requests. */
export function openApiDocument(): JsonObject {
	const paths: Record<string, JsonObject> = {};
	for (const operation of PUBLIC_OPERATIONS) {
		paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) };
	}
	return {
		openapi: '3.1.0',
		info: {
			title: 'creatorr',
			version: '1.0.0',
			description:
				'Upload a file to a presigned URL, create a job that runs a tool on it, wait until the job ends, and download its output.',
			license: { name: 'MIT', identifier: 'MIT' },
		},
		servers: [{ url: '/' }],
		tags: TAGS.map(({ title, ...tag }) => ({ ...tag, 'x-displayName': title })),
		paths,
		components: {
			schemas: { Error: jsonSchema(errorBodySchema, 'output'), ...componentSchemas() },
			securitySchemes: {
				bearer: {
					type: 'http',
					scheme: 'bearer',
					bearerFormat: 'JWT',
					description: 'The token of a session, from `POST /v1/auth/login`.',
				},
				apiKey: {
					type: 'http',
					scheme: 'bearer',
					description: 'An API key (`POST /v1/keys`). If the operation lists a scope, the key needs it.',
				},
			},
		},
	};
}
