import { expect, test } from '@jest/globals';
import { isChunkError } from './chunk-error.ts';

test.each([
	'Failed to fetch dynamically imported module: https://creatorr.example/assets/history-page-x.js',
	'error loading dynamically imported module: https://creatorr.example/assets/history-page-x.js',
	'Importing a module script failed.',
	'Unable to preload CSS for /assets/history-page-x.css',
])('recognizes "%s"', (message) => {
	expect(isChunkError(new TypeError(message))).toBe(true);
});

test.each([new TypeError('x is not a function'), 'Importing a module script failed.', undefined])(
	'does not recognize %p',
	(error) => {
		expect(isChunkError(error)).toBe(false);
	},
);
