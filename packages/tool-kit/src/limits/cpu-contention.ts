import { availableParallelism, constants } from 'node:os';

/** The kernel gives a thread this much more CPU time than one whose nice value is one step higher. */
const WEIGHT_PER_STEP = 1.25;
/** Weight of the newest measurement in the moving average. Short bursts change little. */
const SHARE_OF_NEWEST = 0.5;
/** Average of runnable threads per core that is tolerated: those of a tool and of a process that it starts overlap for moments. */
const TOLERANCE = 1.5;

/**
 * Returns a function that receives, at each measurement, how many threads of a command were runnable at once, and returns by how
 * many nice steps to renice them so that together they weigh no more than one thread for each core. Without that, a command with
 * a thousand threads would get a thousand shares of the CPU.
 */
export function createContentionMeter(cores = availableParallelism()): (runnableThreads: number) => number {
	let average = 0;
	return (runnableThreads) => {
		average += SHARE_OF_NEWEST * (runnableThreads - average);
		if (average <= TOLERANCE * cores) return 0;
		const steps = Math.ceil(Math.log(average / cores) / Math.log(WEIGHT_PER_STEP));
		return Math.min(constants.priority.PRIORITY_LOW, steps);
	};
}
