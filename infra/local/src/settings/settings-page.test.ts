import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { REPOSITORY } from './settings.ts';
import { settingsPage } from './settings-page.ts';

test('docs/settings.md is up to date: if not, run node infra/local/src/settings/write-settings-page.ts', () => {
	expect(readFileSync(join(REPOSITORY, 'docs', 'settings.md'), 'utf8')).toBe(settingsPage());
});

test('every setting has a meaning', () => {
	expect(settingsPage()).not.toMatch(/\| +\|/);
});
