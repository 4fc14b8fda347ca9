import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { licensesDocument } from './document.ts';
import { currentLicenses, REPOSITORY } from './libraries.ts';

writeFileSync(join(REPOSITORY, 'docs', 'licenses.md'), licensesDocument(await currentLicenses()));
