import { expect, test } from '@jest/globals';
import { createRateMeter, timeLeftMs } from './transfer-rate.ts';

test('measures an even upload', () => {
	const measure = createRateMeter();
	const rates = [0, 1, 2, 3, 4].map((second) => measure(second * 1_000, second * 1_000));
	expect(rates[0]).toBeUndefined();
	expect(rates[4]).toBeCloseTo(1_000);
});

test('smooths a short standstill', () => {
	const measure = createRateMeter();
	for (let second = 0; second <= 10; second += 1) measure(second * 1_000, second * 1_000);
	const rate = measure(10_000, 11_000) ?? 0;
	expect(rate).toBeGreaterThan(700);
	expect(rate).toBeLessThan(1_000);
});

test('ignores a part that is sent again', () => {
	const measure = createRateMeter();
	measure(0, 0);
	const before = measure(5_000, 1_000);
	expect(measure(2_000, 2_000)).toBe(before);
	expect(measure(7_000, 3_000)).toBeCloseTo(5_000);
});

test('knows the time left once there is a rate', () => {
	expect(timeLeftMs(5_000, 1_000)).toBe(5_000);
	expect(timeLeftMs(5_000, undefined)).toBeUndefined();
	expect(timeLeftMs(5_000, 0)).toBeUndefined();
});
