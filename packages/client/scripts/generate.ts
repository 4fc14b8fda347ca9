/** Writes src/generated/api.ts: the types of the API, from the OpenAPI document that the gateway serves. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument } from '@creatorr/contracts/openapi';
import openApiTypes, { astToString } from 'openapi-typescript';

/** Objects whose fields are not described hold anything, such as params. */
const OPTIONS = { alphabetize: true, emptyObjectsUnknown: true };

const directory = join(import.meta.dirname, '..', 'src', 'generated');
const document = JSON.stringify(openApiDocument());
mkdirSync(directory, { recursive: true });
writeFileSync(join(directory, 'api.ts'), astToString(await openApiTypes(document, OPTIONS)));
