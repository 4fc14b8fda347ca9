import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

interface OpenApiOperation {
	operationId: string;
	/** Empty: no token; with an empty entry: a token is optional. */
	security: unknown[];
	requestBody?: unknown;
	parameters: { name: string; in: string }[];
	responses: Record<string, { content?: Record<string, { schema: object }> }>;
}

interface OpenApiDocument {
	openapi: string;
	paths: Record<string, Record<string, OpenApiOperation>>;
	components: { schemas: Record<string, object> };
}

export interface Route {
	method: string;
	path: string;
	operation: OpenApiOperation;
}

let loading: Promise<OpenApiDocument> | undefined;

/** Returns the document that the product serves. */
export function openApiDocument(): Promise<OpenApiDocument> {
	loading ??= fetch(`${process.env.TEST_BASE_URL}/v1/openapi.json`).then(
		(response) => response.json() as Promise<OpenApiDocument>,
	);
	return loading;
}

export function routesOf(document: OpenApiDocument): Route[] {
	return Object.entries(document.paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
	);
}

function findRoute(document: OpenApiDocument, method: string, target: string): Route | undefined {
	const path = target.split('?')[0] ?? '';
	return routesOf(document).find((route) => {
		const pattern = new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
		return route.method === method && pattern.test(path);
	});
}

// Formats are not checked, because the document has a pattern beside each.
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
const validators = new WeakMap<object, ValidateFunction>();

function requireValid({ components }: OpenApiDocument, schema: object, body: unknown, what: string): void {
	const validate = validators.get(schema) ?? ajv.compile({ ...schema, components });
	validators.set(schema, validate);
	if (validate(body)) return;
	const errors = JSON.stringify(validate.errors);
	throw new Error(`${what} doesn't match the document: ${errors} in ${JSON.stringify(body)}`);
}

const ERROR_REFERENCE = { $ref: '#/components/schemas/Error' };
/** Statuses that every route may answer with, documented or not. */
const UNDOCUMENTED = [404, 405, 413];

/** Throws when an answer doesn't match the OpenAPI document for its route. An unknown route must answer with an error. */
export async function checkAgainstDocument(
	method: string,
	target: string,
	{ status, body, text, headers }: { status: number; body: unknown; text: string; headers: Headers },
): Promise<void> {
	const document = await openApiDocument();
	const what = `${method} ${target} ${status}`;
	if (!/^req_[0-9A-HJKMNP-TV-Z]{26}$/.test(headers.get('x-request-id') ?? ''))
		throw new Error(`${what} has no X-Request-Id`);
	const route = findRoute(document, method, target);
	const response = route?.operation.responses[String(status)];
	if (status >= 400) {
		if (route && !response?.content && !UNDOCUMENTED.includes(status))
			throw new Error(`${what} is not documented`);
		return requireValid(document, ERROR_REFERENCE, body, what);
	}
	if (!response) throw new Error(`${what} is not documented`);
	if (!response.content && text !== '') throw new Error(`${what} has a body`);
	const schema = response.content?.['application/json']?.schema;
	if (schema) requireValid(document, schema, body, what);
}
