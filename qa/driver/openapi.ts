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

/** The document that the product serves. */
export function openApiDocument(): Promise<OpenApiDocument> {
	loading ??= fetch(`${process.env.TEST_BASE_URL}/v1/openapi.json`).then(
		(response) => response.json() as Promise<OpenApiDocument>,
	);
	return loading;
}

/** Every route of the document. */
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

let ajv: Ajv2020 | undefined;
const validators = new WeakMap<object, ValidateFunction>();

function validatorFor(document: OpenApiDocument, schema: object): ValidateFunction {
	const known = validators.get(schema);
	if (known) return known;
	// Formats are promised by patterns beside them.
	ajv ??= new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
	const validate = ajv.compile({ ...schema, components: document.components });
	validators.set(schema, validate);
	return validate;
}

function expectValid(document: OpenApiDocument, schema: object, body: unknown, what: string): void {
	const validate = validatorFor(document, schema);
	if (validate(body)) return;
	throw new Error(
		`${what} is not what the document says: ${JSON.stringify(validate.errors)} in ${JSON.stringify(body)}`,
	);
}

const ERROR_REFERENCE = { $ref: '#/components/schemas/Error' };

/** Throws when an answer is not what the OpenAPI document promises for its route; an unknown route must answer with an error. */
export async function checkAgainstDocument(
	method: string,
	target: string,
	answer: { status: number; body: unknown; text: string; headers: Headers },
): Promise<void> {
	const document = await openApiDocument();
	const what = `${method} ${target} ${answer.status}`;
	if (!/^req_[0-9A-HJKMNP-TV-Z]{26}$/.test(answer.headers.get('x-request-id') ?? '')) {
		throw new Error(`${what} has no X-Request-Id`);
	}
	const route = findRoute(document, method, target);
	const content = route?.operation.responses[String(answer.status)]?.content;
	if (answer.status >= 400) {
		if (route && !content && ![404, 405, 413].includes(answer.status))
			throw new Error(`${what} is not documented`);
		return expectValid(document, ERROR_REFERENCE, answer.body, what);
	}
	if (!route?.operation.responses[String(answer.status)]) throw new Error(`${what} is not documented`);
	if (!content) {
		if (answer.text !== '') throw new Error(`${what} has a body`);
		return;
	}
	const schema = content['application/json']?.schema;
	if (schema) expectValid(document, schema, answer.body, what);
}
