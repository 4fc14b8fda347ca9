import { describe, expect, test } from '@jest/globals';
import { keepAliveMsAt } from './connection-limit.ts';

describe('keep-alive', () => {
	test('gets shorter as connections fill up', () => {
		const fills = [0, 0.5, 0.75, 0.99, 1];
		expect(fills.map((fill) => keepAliveMsAt(fill, 60_000))).toEqual([60_000, 60_000, 30_000, 1_200, 1_000]);
	});

	test('is never longer than it was set to', () => {
		expect(keepAliveMsAt(1, 500)).toBe(500);
	});
});
