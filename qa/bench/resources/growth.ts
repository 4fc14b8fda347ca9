import { median, split } from '../measure/statistics.ts';
import type { MemoryPoint } from '../product/processes.ts';

interface Growth {
	/** Medians of the second and of the last quarter: code and buffers are loaded in the first. */
	beforeMib: number;
	afterMib: number;
	grows: boolean;
}

/** Allowed growth: heaps differ by this much between two garbage collections. */
const ALLOWED_MIB = 12;
const ALLOWED_SHARE = 0.1;

/** Compares the memory of a process at the end with that after its warm-up. */
export function growthOf(points: readonly MemoryPoint[]): Growth {
	const quarters = split(points, 4);
	const medianOf = (quarter: readonly MemoryPoint[] = []) => median(quarter.map(([, mib]) => mib));
	const [beforeMib, afterMib] = [medianOf(quarters[1]), medianOf(quarters[3])];
	return {
		beforeMib,
		afterMib,
		grows: afterMib - beforeMib > Math.max(ALLOWED_MIB, ALLOWED_SHARE * beforeMib),
	};
}
