import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** Bounds the loop against processes that fork endlessly. */
const MAX_ROUNDS = 50;

interface Priority {
	/** The nice value of threads. */
	threads: number;
	/** The nice value of autogroups. Where the kernel schedules by session, a thread's own value counts only within its session. */
	session: number;
}

/**
 * The nice value of tools. A service that shares the machine gets three times the CPU time of a tool when both want it: beside many small
 * jobs at the service's own priority, every request would wait. Not higher, because other programs of the machine would starve tools.
 */
export const TOOL_PRIORITY = 5;
/** The nice value of deprioritized tools, which take a tenth of the CPU time of another tool. */
export const LOW_PRIORITY = 16;

/**
 * Raises the nice value of all threads of a process and its descendants to at least `threads`, and sets that of their sessions to
 * `session`. Processes started later inherit both, except in a new session ({@link lowerSessionPriority}). Skips what the system doesn't
 * permit and never throws. Synchronous: beside many busy processes each `await` would take long, and meanwhile the kernel could reuse a
 * process id.
 */
export function renice(pid: number, priority: Priority): void {
	const reniced = new Set<number>();
	// Repeated while there are new threads: a thread that was not reniced yet may have started them.
	for (let round = 0; round < MAX_ROUNDS; round += 1) {
		const before = reniced.size;
		reniceTree(pid, priority, reniced);
		if (reniced.size === before) return;
	}
}

function reniceTree(pid: number, priority: Priority, reniced: Set<number>): void {
	const { session } = priority;
	tryOr(() => writeFileSync(`/proc/${pid}/autogroup`, String(session)), undefined);
	for (const thread of tryOr(() => readdirSync(`/proc/${pid}/task`), []).map(Number)) {
		if (!reniced.has(thread)) reniceThread(thread, priority.threads);
		reniced.add(thread);
		const children = tryOr(() => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8'), '');
		for (const child of children.split(' ').filter(Boolean)) reniceTree(Number(child), priority, reniced);
	}
}

/**
 * Sets the nice value of sessions that have a lower one. Threads inherit their nice value, but a new session starts at 0. Reads
 * first, because a write takes a lock of the whole kernel.
 */
export function lowerSessionPriority(pids: readonly number[], niceValue: number): void {
	for (const pid of pids) {
		const path = `/proc/${pid}/autogroup`;
		const current = tryOr(() => /nice (-?\d+)/.exec(readFileSync(path, 'utf8'))?.[1], undefined);
		if (current !== undefined && Number(current) < niceValue)
			tryOr(() => writeFileSync(path, String(niceValue)), undefined);
	}
}

/** The kernel accepts thread ids in place of process ids. */
function reniceThread(thread: number, niceValue: number): void {
	tryOr(() => {
		if (getPriority(thread) < niceValue) setPriority(thread, niceValue);
	}, undefined);
}

/** Returns `otherwise` for a process that has ended, or where the kernel denies the action. */
function tryOr<T>(action: () => T, otherwise: T): T {
	try {
		return action();
	} catch {
		return otherwise;
	}
}
