import { describe, expect, test } from '@jest/globals';
import type { MemoryPoint } from '../product/processes.ts';
import { growthOf } from './growth.ts';

function minutes(count: number, mibAt: (minute: number) => number): MemoryPoint[] {
	return Array.from({ length: count }, (_, minute) => [minute, mibAt(minute)]);
}

describe('growthOf', () => {
	test('ignores memory that fills up in the first quarter', () => {
		expect(growthOf(minutes(40, (minute) => Math.min(100, 50 + 10 * minute))).grows).toBe(false);
	});

	test('reports memory that rises from quarter to quarter', () => {
		const growth = growthOf(minutes(40, (minute) => 100 + minute));
		expect(growth).toEqual({ grows: true, beforeMib: 114.5, afterMib: 134.5 });
	});

	test('ignores a heap that rises and falls', () => {
		expect(growthOf(minutes(40, (minute) => 100 + 8 * (minute % 4))).grows).toBe(false);
	});
});
