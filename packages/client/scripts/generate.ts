/**
 * Writes the types of the API, from the OpenAPI document that the gateway serves, to src/generated/api.ts, those of the tools'
 * params and results, from their manifests, to src/generated/tools.ts, and the titles of error codes, from their catalog, to
 * src/generated/errors.ts.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { API_ERRORS, JOB_ERRORS } from '@creatorr/contracts/error-catalog';
import { openApiDocument } from '@creatorr/contracts/openapi';
import { loadCatalog } from '@creatorr/tools/catalog';
import openApiTypes, { astToString } from 'openapi-typescript';
import { toolsDocument } from './tools-document.ts';

/** Objects without described fields, such as params, accept anything. Fields with a default are optional. */
const OPTIONS = { alphabetize: true, emptyObjectsUnknown: true };

const directory = join(import.meta.dirname, '..', 'src', 'generated');

async function write(name: string, document: object, options: object = {}): Promise<void> {
	const types = await openApiTypes(JSON.stringify(document), { ...OPTIONS, ...options });
	writeFileSync(join(directory, name), astToString(types));
}

/** What programs decide and show without a request. `GET /v1/errors` has the rest. */
function errorTable(name: string, errors: Record<string, { title: string; retryable: boolean }>): string {
	const rows = Object.entries(errors).map(([code, { title, retryable }]) => [code, { title, retryable }]);
	return `export const ${name} = ${JSON.stringify(Object.fromEntries(rows), null, '\t')} as const;\n`;
}

mkdirSync(directory, { recursive: true });
await write('api.ts', openApiDocument());
await write('tools.ts', toolsDocument(await loadCatalog()), { defaultNonNullable: false });
writeFileSync(
	join(directory, 'errors.ts'),
	errorTable('API_ERRORS', API_ERRORS) + errorTable('JOB_ERRORS', JOB_ERRORS),
);
