import { expect, test } from '@jest/globals';
import { createBootTimeClock } from './boot-time-clock.ts';

function clocks() {
	const now = { monotonic: 1_000, wall: 50_000 };
	const bootTimeMs = createBootTimeClock({ monotonicMs: () => now.monotonic, wallMs: () => now.wall });
	return { now, bootTimeMs };
}

test('createBootTimeClock counts the time that the machine slept', () => {
	const { now, bootTimeMs } = clocks();
	now.monotonic += 10;
	now.wall += 30_010;
	expect(bootTimeMs()).toBe(31_010);
	now.monotonic += 5;
	now.wall += 5;
	expect(bootTimeMs()).toBe(31_015);
});

test('createBootTimeClock ignores a wall clock that is set back', () => {
	const { now, bootTimeMs } = clocks();
	now.monotonic += 10;
	now.wall -= 3_600_000;
	expect(bootTimeMs()).toBe(1_010);
});

test('createBootTimeClock accumulates no rounding errors', () => {
	const { now, bootTimeMs } = clocks();
	for (let call = 0; call < 10_000; call += 1) {
		now.monotonic += 0.1;
		now.wall = 50_000 + Math.ceil(now.monotonic - 1_000);
		bootTimeMs();
	}
	expect(bootTimeMs()).toBeCloseTo(2_000, 3);
});
