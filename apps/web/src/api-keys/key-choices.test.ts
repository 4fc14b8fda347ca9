import { expect, test } from '@jest/globals';
import { expiryOf, selectedScopes } from './key-choices.ts';

test('scopes are those whose boxes are checked', () => {
	expect(selectedScopes({ name: 'a', 'jobs:read': 'on', 'files:write': 'on', other: 'on' })).toEqual([
		'files:write',
		'jobs:read',
	]);
	expect(selectedScopes({})).toEqual([]);
});

test('a lifetime of 0 days never ends', () => {
	expect(expiryOf(0, 0)).toBeNull();
	expect(expiryOf(30, 0)).toBe('1970-01-31T00:00:00.000Z');
});
