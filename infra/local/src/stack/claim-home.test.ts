import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { temporaryHome } from '../testing/temporary.ts';
import { requireSpace } from './claim-home.ts';

describe('requireSpace', () => {
	const home = temporaryHome();
	const MORE_THAN_ANY_DISK = Number.MAX_SAFE_INTEGER;

	test('refuses a new home on a disk that is nearly full', () => {
		expect(() => requireSpace(home(), MORE_THAN_ANY_DISK)).toThrow(/^Only \d+ MiB are free/);
	});

	test('accepts a home with data on any disk', () => {
		writeFileSync(join(home().data, 'a'), '');
		expect(() => requireSpace(home(), MORE_THAN_ANY_DISK)).not.toThrow();
	});
});
