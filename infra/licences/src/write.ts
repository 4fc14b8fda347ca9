import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { licencesDocument } from './document.ts';
import { currentLicences, REPOSITORY } from './libraries.ts';

writeFileSync(join(REPOSITORY, 'docs', 'licences.md'), licencesDocument(await currentLicences()));
