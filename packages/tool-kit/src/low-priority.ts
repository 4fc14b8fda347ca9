import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

/** Where others want all of the cores, it gets about a tenth. */
export const LOW = constants.priority.PRIORITY_BELOW_NORMAL;
export const LOWEST = constants.priority.PRIORITY_LOW;
/** Against what forks for ever. */
const MAX_ROUNDS = 50;

interface Priority {
	threads: number;
	/** Where the kernel schedules by session, a thread's own priority counts only within its session. */
	session?: number;
}

/**
 * Puts the threads of a process and of all that it started no higher than this, and their sessions, where that is named, at it.
 * What is started later inherits it. Does what the system permits; never throws. Without a pause: beside a crowd of busy processes
 * each would be long, and between two the ids of processes are given out again.
 */
export function lowerPriority(pid: number, priority: Priority): void {
	const lowered = new Set<number>();
	// Again as long as there is something new: it may have been started by what was not lowered yet.
	for (let round = 0; round < MAX_ROUNDS; round += 1) {
		const before = lowered.size;
		lowerTree(pid, priority, lowered);
		if (lowered.size === before) return;
	}
}

function lowerTree(pid: number, priority: Priority, lowered: Set<number>): void {
	const { session } = priority;
	if (session !== undefined)
		orGone(() => writeFileSync(`/proc/${pid}/autogroup`, String(session)), undefined);
	for (const thread of orGone(() => readdirSync(`/proc/${pid}/task`), []).map(Number)) {
		if (!lowered.has(thread)) lower(thread, priority.threads);
		lowered.add(thread);
		const children = orGone(() => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8'), '');
		for (const child of children.split(' ').filter(Boolean)) lowerTree(Number(child), priority, lowered);
	}
}

/** The kernel takes the id of any thread for that of a process. */
function lower(thread: number, priority: number): void {
	orGone(() => {
		if (getPriority(thread) < priority) setPriority(thread, priority);
	}, undefined);
}

/** What a process that has ended, or the kernel, does not let us see or do. */
function orGone<T>(action: () => T, otherwise: T): T {
	try {
		return action();
	} catch {
		return otherwise;
	}
}
