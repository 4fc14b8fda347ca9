import { median } from '../measure/statistics.ts';
import { inParts, slope } from '../measure/trend.ts';

/** Minutes since the start, and MiB. */
export type MemoryPoint = readonly [minutes: number, mib: number];

interface Growth {
	/** Of the last three quarters: the first brings code and buffers in. */
	mibPerHour: number;
	/** Medians of the second and of the last quarter. */
	beforeMib: number;
	afterMib: number;
	grows: boolean;
}

/** What a heap may differ by from one collection to the next. */
const ALLOWED_MIB = 12;
const ALLOWED_SHARE = 0.1;

/** Whether a process has more memory at the end than once it was warm. */
export function growthOf(points: readonly MemoryPoint[]): Growth {
	const quarters = inParts(points, 4);
	const mibOf = (part: readonly MemoryPoint[] = []) => median(part.map(([, mib]) => mib));
	const [beforeMib, afterMib] = [mibOf(quarters[1]), mibOf(quarters[3])];
	return {
		mibPerHour: 60 * slope(quarters.slice(1).flat()),
		beforeMib,
		afterMib,
		grows: afterMib - beforeMib > Math.max(ALLOWED_MIB, ALLOWED_SHARE * beforeMib),
	};
}
