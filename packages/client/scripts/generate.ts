/**
 * Writes the types of the API, from the OpenAPI document that the gateway serves, to src/generated/api.ts, and those of the
 * tools' params and results, from their manifests, to src/generated/tools.ts.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

mkdirSync(directory, { recursive: true });
await write('api.ts', openApiDocument());
await write('tools.ts', toolsDocument(await loadCatalog()), { defaultNonNullable: false });
