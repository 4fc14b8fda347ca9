import { expect, test } from '@jest/globals';
import { openApiDocument } from './openapi.ts';
import { PUBLIC_OPERATIONS } from './operations.ts';

interface Described {
	operationId: string;
	summary: string;
	tags: string[];
	security: unknown[];
	requestBody?: { 'x-maxBodyBytes': number };
}

const document = openApiDocument() as {
	tags: { name: string }[];
	paths: Record<string, Record<string, Described>>;
	components: { schemas: Record<string, unknown> };
};

test('the document describes every public operation once', () => {
	const described = Object.values(document.paths).flatMap((path) =>
		Object.values(path).map((o) => o.operationId),
	);
	expect(described.sort()).toEqual(PUBLIC_OPERATIONS.map((operation) => operation.id).sort());
});

test('every operation has a unique short title and a described tag', () => {
	const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
	const titles = operations.map(({ summary }) => summary);
	for (const title of titles) expect(title).toMatch(/^[A-Z].{3,38}[^.]$/);
	expect(new Set(titles).size).toBe(titles.length);
	const tags = new Set(operations.flatMap((operation) => operation.tags));
	expect([...tags].sort()).toEqual(document.tags.map(({ name }) => name).sort());
});

test('exactly the operations with a body have a body limit', () => {
	const limits = Object.fromEntries(PUBLIC_OPERATIONS.map(({ id, maxBodyBytes }) => [id, maxBodyBytes]));
	const described = Object.values(document.paths).flatMap((path) => Object.values(path));
	for (const { operationId, requestBody } of described)
		expect([operationId, requestBody?.['x-maxBodyBytes']]).toEqual([operationId, limits[operationId]]);
	expect(limits).toMatchObject({
		login: 4 * 1024,
		createFile: 8 * 1024,
		createJob: 64 * 1024,
		receiveStripeEvent: 512 * 1024,
		completeFile: 1024 * 1024,
	});
});

test('every reference has a target', () => {
	const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
	expect(references.length).toBeGreaterThan(0);
	for (const [, name] of references) expect(Object.keys(document.components.schemas)).toContain(name);
});

test('the document has only references to components', () => {
	expect(JSON.stringify(document)).not.toMatch(/\$defs|"\$ref":"(?!#\/components\/schemas\/)/);
});

test('an operation that API keys may call names the scope that they need, others take a session only', () => {
	const securityOf = (method: string, path: string) => document.paths[path]?.[method]?.security;
	expect(securityOf('get', '/v1/jobs')).toEqual([{ bearer: [] }, { apiKey: ['jobs:read'] }]);
	expect(securityOf('get', '/v1/me')).toEqual([{ bearer: [] }, { apiKey: [] }]);
	expect(securityOf('post', '/v1/keys')).toEqual([{ bearer: [] }]);
	expect(securityOf('post', '/v1/keys/leaked')).toEqual([]);
});
