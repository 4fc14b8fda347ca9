import { writeFile } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { processesBelow, threadsOf } from './process-tree.ts';

const LOW = constants.priority.PRIORITY_BELOW_NORMAL;
/** Against what forks for ever. */
const MAX_ROUNDS = 50;

/**
 * Lets others go before a process and all that it started: where they want all of the cores, it gets about a tenth. What it
 * starts later inherits that. Does what the system permits; never throws.
 */
export async function lowerPriority(pid: number): Promise<void> {
	const lowered = new Set<number>();
	// Again as long as there is something new: it may have been started by what was not lowered yet.
	for (let round = 0; round < MAX_ROUNDS; round++) {
		const before = lowered.size;
		for (const one of await processesBelow(pid)) {
			await lowerSession(one);
			for (const thread of await threadsOf(one)) {
				if (!lowered.has(thread)) lower(thread);
				lowered.add(thread);
			}
		}
		if (lowered.size === before) return;
	}
}

/** Where the kernel schedules by session, a process's own priority counts only within its session. */
async function lowerSession(pid: number): Promise<void> {
	await writeFile(`/proc/${pid}/autogroup`, String(LOW)).catch(() => undefined);
}

/** The kernel takes the id of any thread for that of a process. */
function lower(thread: number): void {
	try {
		setPriority(thread, LOW);
	} catch {
		// It has ended.
	}
}
