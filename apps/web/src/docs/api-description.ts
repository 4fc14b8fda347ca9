/** The part of OpenAPI 3.1 and JSON Schema 2020-12 that the docs page shows. */
export interface Schema {
	$ref?: string;
	type?: string | string[];
	title?: string;
	description?: string;
	properties?: Record<string, Schema>;
	required?: string[];
	additionalProperties?: boolean | Schema;
	items?: Schema;
	anyOf?: Schema[];
	enum?: unknown[];
	const?: unknown;
	default?: unknown;
	examples?: unknown[];
	format?: string;
	pattern?: string;
	minimum?: number;
	maximum?: number;
	minLength?: number;
	maxLength?: number;
	minItems?: number;
	maxItems?: number;
	'x-enumTitles'?: Record<string, string>;
	'x-enumDescriptions'?: Record<string, string>;
	/** What null means. */
	'x-nullTitle'?: string;
	/** The default HTTP status of each error code. */
	'x-enumStatuses'?: Record<string, number>;
}

export interface Parameter {
	name: string;
	in: 'path' | 'query' | 'header';
	required: boolean;
	schema: Schema;
}

type Content = Record<string, { schema: Schema }>;

interface DescribedOperation {
	operationId: string;
	summary: string;
	description: string;
	tags: string[];
	/** The ways to authenticate, each with its scopes. */
	security: Record<string, string[]>[];
	parameters: Parameter[];
	requestBody?: { description?: string; content: Content };
	responses: Record<string, { description: string; content?: Content }>;
}

export interface ApiDescription {
	tags: { name: string; description: string; 'x-displayName': string }[];
	paths: Record<string, Record<string, DescribedOperation>>;
	components: { schemas: Record<string, Schema> };
}

export interface Operation {
	id: string;
	title: string;
	description: string;
	method: string;
	path: string;
	needsToken: boolean;
	/** A session is possible, but not required. */
	isTokenOptional?: boolean | undefined;
	/** What an API key needs: a scope, or `any` key will do. Undefined if the operation requires a session. */
	keyScope?: string | undefined;
	parameters: Parameter[];
	body?: Schema | undefined;
	/** States the maximum length of the body. */
	bodyDescription?: string | undefined;
	response: { status: number; contentType?: string | undefined; schema?: Schema | undefined };
	/** Without the errors that every operation has. */
	errors: ErrorResponse[];
}

export interface ErrorResponse {
	status: number;
	code: string;
}

export interface Group {
	name: string;
	title: string;
	description: string;
	operations: Operation[];
}

/** Resolves a $ref. */
export function resolve(schema: Schema, { components }: ApiDescription): Schema {
	if (!schema.$ref) return schema;
	const { $ref, ...own } = schema;
	return { ...components.schemas[$ref.slice($ref.lastIndexOf('/') + 1)], ...own };
}

/** Only Stripe can sign these requests, so the docs leave them out. */
const CALLED_BY_STRIPE = new Set(['receiveStripeEvent']);

/** Returns the operations by tag, in the order of the document. */
export function groupsOf(description: ApiDescription): Group[] {
	const shared = new Set(sharedErrors(description).map(keyOf));
	const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, described]) => ({
			tags: described.tags,
			operation: operationOf(method.toUpperCase(), path, described, shared),
		})),
	);
	return description.tags.map(({ name, description: text, 'x-displayName': title }) => ({
		name,
		title,
		description: text,
		operations: operations
			.filter(({ tags, operation }) => tags.includes(name) && !CALLED_BY_STRIPE.has(operation.id))
			.map(({ operation }) => operation),
	}));
}

/** Returns the errors that every operation has. */
export function sharedErrors({ paths }: ApiDescription): ErrorResponse[] {
	const all = Object.values(paths).flatMap((methods) => Object.values(methods).map(errorsOf));
	const [first = [], ...others] = all;
	return first.filter((error) => others.every((errors) => errors.some((one) => keyOf(one) === keyOf(error))));
}

/** Returns the meaning of each error code. */
export function errorMeanings({ components }: ApiDescription): Record<string, string> {
	return errorCode(components)?.['x-enumDescriptions'] ?? {};
}

function errorCode({ schemas }: ApiDescription['components']): Schema | undefined {
	return schemas.Error?.properties?.error?.properties?.code;
}

/** Returns the meaning of each job error code. */
export function jobErrorMeanings({ components }: ApiDescription): Record<string, string> {
	return components.schemas.Job?.properties?.error_code?.['x-enumDescriptions'] ?? {};
}

/** Returns the statuses of an error code: its default, and those that operations declare. */
export function statusesOf({ paths, components }: ApiDescription, code: string): number[] {
	const own = errorCode(components)?.['x-enumStatuses']?.[code];
	const named = Object.values(paths)
		.flatMap((methods) => Object.values(methods).flatMap(errorsOf))
		.filter((error) => error.code === code)
		.map(({ status }) => status);
	return [...new Set([...(own === undefined ? [] : [own]), ...named])].sort();
}

const keyOf = ({ status, code }: ErrorResponse) => `${status} ${code}`;

function keyScopeOf({ security }: DescribedOperation): string | undefined {
	const scopes = security.find((one) => one.apiKey)?.apiKey;
	return scopes && (scopes[0] ?? 'any');
}

function operationOf(
	method: string,
	path: string,
	described: DescribedOperation,
	shared: ReadonlySet<string>,
): Operation {
	const [status = '204', response] =
		Object.entries(described.responses).find(([key]) => key.startsWith('2')) ?? [];
	const [contentType, content] = Object.entries(response?.content ?? {})[0] ?? [];
	return {
		id: described.operationId,
		title: described.summary,
		description: described.description,
		method,
		path,
		needsToken: described.security.length > 0,
		isTokenOptional: described.security.some((way) => Object.keys(way).length === 0),
		keyScope: keyScopeOf(described),
		parameters: described.parameters,
		bodyDescription: described.requestBody?.description,
		body: Object.values(described.requestBody?.content ?? {})[0]?.schema,
		response: { status: Number(status), contentType, schema: content?.schema },
		errors: errorsOf(described).filter((error) => !shared.has(keyOf(error))),
	};
}

/** Reads the error codes from the descriptions of the responses. */
function errorsOf({ responses }: DescribedOperation): ErrorResponse[] {
	return Object.entries(responses)
		.filter(([status]) => Number(status) >= 400)
		.flatMap(([status, { description }]) =>
			description.split(', ').map((code) => ({ status: Number(status), code })),
		);
}
