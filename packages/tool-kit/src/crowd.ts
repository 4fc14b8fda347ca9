import { availableParallelism } from 'node:os';
import { LOWEST } from './low-priority.ts';

/** Of two threads of which one is a step lower, the other gets so much more. */
const WEIGHT_PER_STEP = 1.25;
/** A burst that passes is nobody's harm. */
const SHARE_OF_NEWEST = 0.5;
/** Threads of a tool itself and of what it has started overlap for moments. */
const TOLERANCE = 1.5;

/**
 * Answers, each time it is told how many threads of a command wanted to run at once, how many steps lower they have to be to weigh
 * no more than one for each core: where the kernel shares out processors by thread, a thousand threads would get a thousand shares.
 */
export function createCrowdMeter(cores = availableParallelism()): (wanting: number) => number {
	let average = 0;
	return (wanting) => {
		average += SHARE_OF_NEWEST * (wanting - average);
		if (average <= TOLERANCE * cores) return 0;
		return Math.min(LOWEST, Math.ceil(Math.log(average / cores) / Math.log(WEIGHT_PER_STEP)));
	};
}
