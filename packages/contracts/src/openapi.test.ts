import { expect, test } from '@jest/globals';
import { openApiDocument } from './openapi.ts';
import { PUBLIC_OPERATIONS } from './operations.ts';

const document = openApiDocument() as {
	paths: Record<string, Record<string, { operationId: string }>>;
	components: { schemas: Record<string, unknown> };
};

test('every public operation is described once', () => {
	const described = Object.values(document.paths).flatMap((path) =>
		Object.values(path).map((o) => o.operationId),
	);
	expect(described.sort()).toEqual(PUBLIC_OPERATIONS.map((operation) => operation.id).sort());
});

test('every reference points at a schema that is there', () => {
	const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
	expect(references.length).toBeGreaterThan(0);
	for (const [, name] of references) expect(Object.keys(document.components.schemas)).toContain(name);
});

test('no reference of another kind is left', () => {
	expect(JSON.stringify(document)).not.toMatch(/\$defs|"\$ref":"(?!#\/components\/schemas\/)/);
});
