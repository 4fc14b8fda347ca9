interface Options {
	/** Permits of each key. */
	permits: number;
	/** How long to wait for permits, in milliseconds. 0 refuses at once. */
	waitMs: number;
	/** Limit of waiters for each key. */
	maxWaiting: number;
}

interface Waiter {
	permits: number;
	admit(): void;
}

interface Entry {
	used: number;
	/** First in, first out. */
	waiting: Waiter[];
}

/** A semaphore for each key. It stores only keys whose permits are in use. */
export interface KeyedSemaphore {
	/**
	 * Acquires permits. Returns false if they aren't free after `waitMs`, by default that of the options. A request for more permits than a
	 * key has takes all of them.
	 */
	acquire(key: string, permits: number, waitMs?: number): boolean | Promise<boolean>;
	/** Releases permits of {@link acquire}. */
	release(key: string, permits: number): void;
	/** Number of keys in use. */
	size(): number;
}

export function createKeyedSemaphore(options: Options): KeyedSemaphore {
	const entries = new Map<string, Entry>();

	function admitWaiting(key: string, entry: Entry): void {
		for (let next = entry.waiting[0]; next; next = entry.waiting[0]) {
			if (entry.used + next.permits > options.permits) break;
			entry.waiting.shift();
			entry.used += next.permits;
			next.admit();
		}
		if (entry.used === 0 && entry.waiting.length === 0) entries.delete(key);
	}

	function wait(
		key: string,
		entry: Entry,
		{ permits, waitMs }: { permits: number; waitMs: number },
	): Promise<boolean> {
		return new Promise((resolve) => {
			const giveUp = () => {
				entry.waiting.splice(entry.waiting.indexOf(waiter), 1);
				resolve(false);
				// Waiters behind it may need fewer permits.
				admitWaiting(key, entry);
			};
			const timer = setTimeout(giveUp, waitMs);
			const waiter: Waiter = {
				permits,
				admit() {
					clearTimeout(timer);
					resolve(true);
				},
			};
			entry.waiting.push(waiter);
		});
	}

	return {
		acquire(key, requested, waitMs = options.waitMs) {
			const permits = Math.min(requested, options.permits);
			const entry = entries.get(key) ?? { used: 0, waiting: [] };
			entries.set(key, entry);
			if (entry.waiting.length === 0 && entry.used + permits <= options.permits) {
				entry.used += permits;
				return true;
			}
			if (waitMs <= 0 || entry.waiting.length >= options.maxWaiting) return false;
			return wait(key, entry, { permits, waitMs });
		},
		release(key, requested) {
			const entry = entries.get(key);
			if (!entry) return;
			entry.used -= Math.min(requested, options.permits);
			admitWaiting(key, entry);
		},
		size: () => entries.size,
	};
}
