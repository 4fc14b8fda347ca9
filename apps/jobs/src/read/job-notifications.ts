import type { Job } from '@creatorr/contracts/jobs';

/** The fields of a job whose change wakes its watchers. */
export type JobState = Pick<Job, 'status' | 'progress'>;

export function isSameState(a: JobState, b: JobState): boolean {
	return a.status === b.status && a.progress === b.progress;
}

/** Waits for changes of one job. */
export interface JobWatcher {
	/**
	 * Resolves at once when there was a notification since the last call, else with the next one, after `timeoutMs`, or when
	 * `signal` aborts. `shown` is the job as it was last read. Resolves to false when no more notifications follow, because the
	 * process stops.
	 */
	nextNotification(shown: JobState, timeoutMs: number, signal: AbortSignal): Promise<boolean>;
	end(): void;
}

export interface JobNotifications {
	watch(jobId: string): JobWatcher;
	/** Wakes the watchers of a job. */
	notify(jobId: string): void;
	/** Returns the ids of all watched jobs. */
	watchedIds(): string[];
	/** Wakes the watchers of those jobs that are not as they were shown, or don't exist. Makes up for lost notifications. */
	notifyMissed(jobIds: readonly string[], states: ReadonlyMap<string, JobState>): void;
	/** Ends all current and future long polls, because the process stops. */
	close(): void;
}

interface Watcher {
	isNotified: boolean;
	/** Undefined until the watcher waits. */
	shown: JobState | undefined;
	wake: () => void;
}

/** Passes the notifications of the process's one LISTEN connection to all requests that wait for a job. */
export function createJobNotifications(): JobNotifications {
	const watchersOf = new Map<string, Set<Watcher>>();
	let closed = false;

	function add(jobId: string, watcher: Watcher): void {
		const others = watchersOf.get(jobId);
		if (others) others.add(watcher);
		else watchersOf.set(jobId, new Set([watcher]));
	}

	function remove(jobId: string, watcher: Watcher): void {
		const watchers = watchersOf.get(jobId);
		watchers?.delete(watcher);
		if (watchers?.size === 0) watchersOf.delete(jobId);
	}

	function wake(watcher: Watcher): void {
		watcher.isNotified = true;
		watcher.wake();
	}

	function notify(jobId: string): void {
		for (const watcher of watchersOf.get(jobId) ?? []) wake(watcher);
	}

	return {
		watch(jobId) {
			const watcher: Watcher = { isNotified: false, shown: undefined, wake: () => undefined };
			add(jobId, watcher);
			return {
				async nextNotification(shown, timeoutMs, signal) {
					watcher.shown = shown;
					if (!watcher.isNotified && !closed) await nextWake(watcher, timeoutMs, signal);
					watcher.isNotified = false;
					return !closed;
				},
				end: () => remove(jobId, watcher),
			};
		},
		notify,
		watchedIds: () => [...watchersOf.keys()],
		notifyMissed(jobIds, states) {
			for (const jobId of jobIds) {
				const state = states.get(jobId);
				for (const watcher of watchersOf.get(jobId) ?? [])
					if (watcher.shown && !(state && isSameState(state, watcher.shown))) wake(watcher);
			}
		},
		close() {
			closed = true;
			for (const jobId of watchersOf.keys()) notify(jobId);
		},
	};
}

async function nextWake(watcher: Watcher, timeoutMs: number, signal: AbortSignal): Promise<void> {
	await new Promise<void>((resolve) => {
		const timer = Number.isFinite(timeoutMs) ? setTimeout(done, timeoutMs) : undefined;
		function done(): void {
			clearTimeout(timer);
			signal.removeEventListener('abort', done);
			resolve();
		}
		watcher.wake = done;
		signal.addEventListener('abort', done);
		if (signal.aborted) done();
	});
}
