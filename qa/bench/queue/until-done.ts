import { setTimeout as sleep } from 'node:timers/promises';
import { readStanding, type Standing } from '../product/job-times.ts';
import { BenchError } from '../say.ts';

const LOOK_EVERY_MS = 1_000;
/** No queue stands still for so long while somebody works on it. */
const STUCK_AFTER_MS = 60_000;

/**
 * Waits until nothing of the tool waits or runs; resolves with what was seen meanwhile. Throws a BenchError when nothing ends any
 * more, or a job has failed.
 */
export async function untilDone(tool: string): Promise<Standing[]> {
	const seen: Standing[] = [];
	let left = Number.POSITIVE_INFINITY;
	let changedAt = performance.now();
	while (left > 0) {
		const standing = await readStanding(tool);
		seen.push(standing);
		const { unfinished, failed } = standing;
		if (failed > 0) throw new BenchError(`${failed} jobs of ${tool} have failed`);
		if (unfinished < left) changedAt = performance.now();
		left = unfinished;
		if (performance.now() - changedAt > STUCK_AFTER_MS) {
			throw new BenchError(`${left} jobs of ${tool} are left, and none has ended for a while`);
		}
		if (left > 0) await sleep(LOOK_EVERY_MS);
	}
	return seen;
}
