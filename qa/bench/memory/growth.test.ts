import { expect, test } from '@jest/globals';
import { growthOf, type MemoryPoint } from './growth.ts';

function minutes(count: number, mibAt: (minute: number) => number): MemoryPoint[] {
	return Array.from({ length: count }, (_, minute) => [minute, mibAt(minute)]);
}

test('what fills up at first and stays does not grow', () => {
	const { grows, mibPerHour } = growthOf(minutes(40, (minute) => Math.min(100, 50 + 10 * minute)));
	expect(grows).toBe(false);
	expect(mibPerHour).toBeCloseTo(0);
});

test('what rises from quarter to quarter grows', () => {
	const growth = growthOf(minutes(40, (minute) => 100 + minute));
	expect(growth).toMatchObject({ grows: true, beforeMib: 114.5, afterMib: 134.5 });
	expect(growth.mibPerHour).toBeCloseTo(60);
});

test('a heap that goes up and down does not grow', () => {
	expect(growthOf(minutes(40, (minute) => 100 + 8 * (minute % 4))).grows).toBe(false);
});
