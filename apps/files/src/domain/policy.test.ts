import { describe, expect, test } from '@jest/globals';
import { secondsUntil } from './policy.ts';

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000);

describe('the lifetime of a URL', () => {
	test('is what is allowed while there is more time', () => {
		expect(secondsUntil(inSeconds(7_200), 3_600)).toBe(3_600);
	});

	test('ends with what the URL is for', () => {
		expect(secondsUntil(inSeconds(100), 3_600)).toBeLessThanOrEqual(100);
		expect(secondsUntil(inSeconds(100), 3_600)).toBeGreaterThan(90);
	});

	test('is never less than a store signs for', () => {
		expect(secondsUntil(inSeconds(-10), 3_600)).toBe(1);
	});
});
