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
	/**
	 * Reads the job, or shares the read of another watcher that began after the last notification, so that one read serves all
	 * watchers of a job. A watcher may call it only after an unshared read, which proved that its user owns the job.
	 */
	readShared(read: () => Promise<Job | null>): Promise<Job | null>;
	end(): void;
}

export interface JobNotifications {
	watch(jobId: string): JobWatcher;
	/** Wakes the watchers of a job. */
	notify(jobId: string): void;
	/** Returns the ids of all watched jobs. */
	watchedIds(): string[];
	/** Wakes watchers whose job differs from the one they have shown, or no longer exists. Makes up for lost notifications. */
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
	const sharedReads = new Map<string, Promise<Job | null>>();
	let closed = false;

	function readShared(jobId: string, read: () => Promise<Job | null>): Promise<Job | null> {
		const shared = sharedReads.get(jobId);
		if (shared) return shared;
		const reading = read().finally(() => {
			if (sharedReads.get(jobId) === reading) sharedReads.delete(jobId);
		});
		sharedReads.set(jobId, reading);
		return reading;
	}

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

	/** Wakes watchers of a job. A read that began before may not have the change, so they don't share it. */
	function wake(jobId: string, hasMissed: (watcher: Watcher) => boolean = () => true): void {
		sharedReads.delete(jobId);
		for (const watcher of watchersOf.get(jobId) ?? []) {
			if (!hasMissed(watcher)) continue;
			watcher.isNotified = true;
			watcher.wake();
		}
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
				readShared: (read) => readShared(jobId, read),
				end: () => remove(jobId, watcher),
			};
		},
		notify: (jobId) => wake(jobId),
		watchedIds: () => [...watchersOf.keys()],
		notifyMissed(jobIds, states) {
			for (const jobId of jobIds) {
				const state = states.get(jobId);
				wake(jobId, ({ shown }) => shown !== undefined && !(state && isSameState(state, shown)));
			}
		},
		close() {
			closed = true;
			for (const jobId of watchersOf.keys()) wake(jobId);
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
