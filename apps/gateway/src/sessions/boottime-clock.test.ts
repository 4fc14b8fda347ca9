import { expect, test } from '@jest/globals';
import { createBoottimeClock } from './boottime-clock.ts';

function clocks() {
	const now = { monotonic: 1_000, wall: 50_000 };
	const boottimeMs = createBoottimeClock({ monotonicMs: () => now.monotonic, wallMs: () => now.wall });
	return { now, boottimeMs };
}

test('createBoottimeClock counts the time that the machine slept', () => {
	const { now, boottimeMs } = clocks();
	now.monotonic += 10;
	now.wall += 30_010;
	expect(boottimeMs()).toBe(31_010);
	now.monotonic += 5;
	now.wall += 5;
	expect(boottimeMs()).toBe(31_015);
});

test('createBoottimeClock ignores a wall clock that is set back', () => {
	const { now, boottimeMs } = clocks();
	now.monotonic += 10;
	now.wall -= 3_600_000;
	expect(boottimeMs()).toBe(1_010);
});

test('createBoottimeClock accumulates no rounding errors', () => {
	const { now, boottimeMs } = clocks();
	for (let call = 0; call < 10_000; call += 1) {
		now.monotonic += 0.1;
		now.wall = 50_000 + Math.ceil(now.monotonic - 1_000);
		boottimeMs();
	}
	expect(boottimeMs()).toBeCloseTo(2_000, 3);
});
