import { expect, test } from '@jest/globals';
import { createElapsedClock } from './elapsed-clock.ts';

function clocks() {
	const now = { monotonic: 1_000, wall: 50_000 };
	const elapsed = createElapsedClock({ monotonicMs: () => now.monotonic, wallMs: () => now.wall });
	return { now, elapsed };
}

test('createElapsedClock counts the time that the machine slept', () => {
	const { now, elapsed } = clocks();
	now.monotonic += 10;
	now.wall += 30_010;
	expect(elapsed()).toBe(31_010);
	now.monotonic += 5;
	now.wall += 5;
	expect(elapsed()).toBe(31_015);
});

test('createElapsedClock ignores a wall clock that is set back', () => {
	const { now, elapsed } = clocks();
	now.monotonic += 10;
	now.wall -= 3_600_000;
	expect(elapsed()).toBe(1_010);
});

test('createElapsedClock accumulates no rounding errors', () => {
	const { now, elapsed } = clocks();
	for (let call = 0; call < 10_000; call += 1) {
		now.monotonic += 0.1;
		now.wall = 50_000 + Math.ceil(now.monotonic - 1_000);
		elapsed();
	}
	expect(elapsed()).toBeCloseTo(2_000, 3);
});
