import { describe, expect, test } from '@jest/globals';
import { restartDelayMs } from './backoff.ts';

describe('restartDelayMs', () => {
	test('restarts at once after the first death', () => {
		expect(restartDelayMs(1)).toBe(100);
	});

	test('doubles with every further death', () => {
		expect([2, 3, 4].map(restartDelayMs)).toEqual([200, 400, 800]);
	});

	test('never exceeds 30 s', () => {
		expect(restartDelayMs(1_000)).toBe(30_000);
	});
});
