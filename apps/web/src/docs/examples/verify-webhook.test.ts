import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { VERIFY_WEBHOOK } from './verify-webhook.ts';

const page = readFileSync(join(import.meta.dirname, '../../../../../docs/webhooks.md'), 'utf8');

test.each(['Node', 'Python', 'Shell'] as const)(
	'docs/webhooks.md has the same example for %s, which tests run',
	(language) => {
		expect(page).toContain(VERIFY_WEBHOOK[language]);
	},
);
