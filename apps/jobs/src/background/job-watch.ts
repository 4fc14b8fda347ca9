import type { Watch } from '../domain/job-states.ts';

export interface JobWatch {
	watch(jobId: string): Watch;
	/** A notification came. */
	tell(jobId: string): void;
	/** Notifications may have been missed. */
	tellAll(): void;
	/** Ends every wait, and those to come: the process stops. */
	close(): void;
}

interface Watcher {
	told: boolean;
	wake: () => void;
}

/** Passes the notifications of one listener to everybody in this process who waits for a job. */
export function createJobWatch(): JobWatch {
	const watchersOf = new Map<string, Set<Watcher>>();
	let closed = false;

	function tell(watcher: Watcher): void {
		watcher.told = true;
		watcher.wake();
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

	function tellAll(): void {
		for (const watchers of watchersOf.values()) for (const watcher of watchers) tell(watcher);
	}

	return {
		watch(jobId) {
			const watcher: Watcher = { told: false, wake: () => undefined };
			add(jobId, watcher);
			return {
				async changed(timeoutMs, signal) {
					if (!watcher.told && !closed) await nextTelling(watcher, timeoutMs, signal);
					watcher.told = false;
					return !closed;
				},
				end: () => remove(jobId, watcher),
			};
		},
		tell(jobId) {
			for (const watcher of watchersOf.get(jobId) ?? []) tell(watcher);
		},
		tellAll,
		close() {
			closed = true;
			tellAll();
		},
	};
}

async function nextTelling(watcher: Watcher, timeoutMs: number, signal: AbortSignal): Promise<void> {
	await new Promise<void>((resolve) => {
		const timer = setTimeout(done, timeoutMs);
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
