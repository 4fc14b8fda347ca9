import { expect, test } from '@jest/globals';
import { openApiDocument } from './openapi.ts';
import { PUBLIC_OPERATIONS } from './operations.ts';

const document = openApiDocument() as {
	tags: { name: string }[];
	paths: Record<string, Record<string, { operationId: string; summary: string; tags: string[] }>>;
	components: { schemas: Record<string, unknown> };
};

test('every public operation is described once', () => {
	const described = Object.values(document.paths).flatMap((path) =>
		Object.values(path).map((o) => o.operationId),
	);
	expect(described.sort()).toEqual(PUBLIC_OPERATIONS.map((operation) => operation.id).sort());
});

test('every operation has a short title that no other has, and a tag that is described', () => {
	const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
	const titles = operations.map(({ summary }) => summary);
	for (const title of titles) expect(title).toMatch(/^[A-Z].{3,38}[^.]$/);
	expect(new Set(titles).size).toBe(titles.length);
	const tags = new Set(operations.flatMap((operation) => operation.tags));
	expect([...tags].sort()).toEqual(document.tags.map(({ name }) => name).sort());
});

test('every reference points at a schema that is there', () => {
	const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
	expect(references.length).toBeGreaterThan(0);
	for (const [, name] of references) expect(Object.keys(document.components.schemas)).toContain(name);
});

test('no reference of another kind is left', () => {
	expect(JSON.stringify(document)).not.toMatch(/\$defs|"\$ref":"(?!#\/components\/schemas\/)/);
});
