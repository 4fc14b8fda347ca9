import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './settings.ts';
import { settingsPage } from './settings-page.ts';

writeFileSync(join(REPOSITORY, 'docs', 'settings.md'), settingsPage());
