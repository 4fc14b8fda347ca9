import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument } from '../src/openapi.ts';

/** Stores the current document under the released version: `node …/write-document.ts 0.4.0`. */
const [version = ''] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error('give the version, such as 0.4.0');
const path = join(import.meta.dirname, `openapi-${version}.json`);
writeFileSync(path, `${JSON.stringify(openApiDocument())}\n`);
