/** Tells that a job may have changed since it was last read. */
export interface JobWatcher {
	/**
	 * Resolves at once when there was a notification since the last call, else with the next one, after `timeoutMs`, or when
	 * `signal` aborts. Resolves to false when no more notifications follow, because the process stops.
	 */
	nextNotification(timeoutMs: number, signal: AbortSignal): Promise<boolean>;
	end(): void;
}

export interface JobNotifications {
	watch(jobId: string): JobWatcher;
	/** Wakes the watchers of a job. */
	notify(jobId: string): void;
	/** Wakes all watchers: notifications may have been missed. */
	notifyAll(): void;
	/** Ends every wait, and later ones: the process stops. */
	close(): void;
}

interface Watcher {
	isNotified: boolean;
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

	function notify(jobId: string): void {
		for (const watcher of watchersOf.get(jobId) ?? []) {
			watcher.isNotified = true;
			watcher.wake();
		}
	}

	function notifyAll(): void {
		for (const jobId of watchersOf.keys()) notify(jobId);
	}

	return {
		watch(jobId) {
			const watcher: Watcher = { isNotified: false, wake: () => undefined };
			add(jobId, watcher);
			return {
				async nextNotification(timeoutMs, signal) {
					if (!watcher.isNotified && !closed) await nextWake(watcher, timeoutMs, signal);
					watcher.isNotified = false;
					return !closed;
				},
				end: () => remove(jobId, watcher),
			};
		},
		notify,
		notifyAll,
		close() {
			closed = true;
			notifyAll();
		},
	};
}

async function nextWake(watcher: Watcher, timeoutMs: number, signal: AbortSignal): Promise<void> {
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
