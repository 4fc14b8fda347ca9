import { expect, test } from '@jest/globals';
import { createSpeedometer, timeLeftMs } from './speed.ts';

test('an even upload has its speed', () => {
	const measure = createSpeedometer();
	const told = [0, 1, 2, 3, 4].map((second) => measure(second * 1_000, second * 1_000));
	expect(told[0]).toBeUndefined();
	expect(told[4]).toBeCloseTo(1_000);
});

test('a moment of standstill does not make it jump', () => {
	const measure = createSpeedometer();
	for (let second = 0; second <= 10; second += 1) measure(second * 1_000, second * 1_000);
	const speed = measure(10_000, 11_000) ?? 0;
	expect(speed).toBeGreaterThan(700);
	expect(speed).toBeLessThan(1_000);
});

test('a part that is sent once more counts for nothing', () => {
	const measure = createSpeedometer();
	measure(0, 0);
	const before = measure(5_000, 1_000);
	expect(measure(2_000, 2_000)).toBe(before);
	expect(measure(7_000, 3_000)).toBeCloseTo(5_000);
});

test('the time left is told once there is a speed', () => {
	expect(timeLeftMs(5_000, 1_000)).toBe(5_000);
	expect(timeLeftMs(5_000, undefined)).toBeUndefined();
	expect(timeLeftMs(5_000, 0)).toBeUndefined();
});
