import { expect, test } from '@jest/globals';
import { lostMs } from './wait-meter.ts';

const TWO_CORES = { elapsedMs: 1000, cores: 2 };

test.each([
	['one thread that had a core all the time', { ranMs: 1000, waitedMs: 0 }, 0],
	['one thread that others kept from running for most of it', { ranMs: 100, waitedMs: 900 }, 900],
	['two threads that had a tenth of both cores', { ranMs: 200, waitedMs: 1800 }, 900],
	['many threads that had all cores, and waited for each other', { ranMs: 2000, waitedMs: 6000 }, 0],
	['many threads that had one of two cores', { ranMs: 1000, waitedMs: 7000 }, 500],
	['what sleeps', { ranMs: 0, waitedMs: 0 }, 0],
	['what sleeps, but for moments in which it waited', { ranMs: 1, waitedMs: 9 }, 9],
	['what ran a little longer than was measured', { ranMs: 2100, waitedMs: 0 }, 0],
])('of %s, what it lost to others is told', (_, scheduled, expected) => {
	expect(lostMs(scheduled, TWO_CORES)).toBeCloseTo(expected);
});
