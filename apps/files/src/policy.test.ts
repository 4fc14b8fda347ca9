import { describe, expect, test } from '@jest/globals';
import { secondsUntil } from './policy.ts';

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000);

describe('the validity of a URL', () => {
	test('is the maximum while there is more time', () => {
		expect(secondsUntil(inSeconds(7_200), 3_600)).toBe(3_600);
	});

	test('ends with the file or upload', () => {
		expect(secondsUntil(inSeconds(100), 3_600)).toBeLessThanOrEqual(100);
		expect(secondsUntil(inSeconds(100), 3_600)).toBeGreaterThan(90);
	});

	test('is at least 1 s', () => {
		expect(secondsUntil(inSeconds(-10), 3_600)).toBe(1);
	});
});
