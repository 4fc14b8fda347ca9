/** Runs the work of one key in order, one at a time; work of different keys runs concurrently. */
export interface KeyedMutex {
	/** Runs `work` after all earlier work of `key` has ended, and settles as `work` does. */
	runExclusive<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/** Returns a mutex of this process. It stores nothing for idle keys. */
export function createKeyedMutex(): KeyedMutex {
	const lastOf = new Map<string, Promise<unknown>>();
	return {
		async runExclusive(key, work) {
			const before = lastOf.get(key) ?? Promise.resolve();
			const mine = before.then(work, work);
			lastOf.set(key, mine);
			try {
				return await mine;
			} finally {
				if (lastOf.get(key) === mine) lastOf.delete(key);
			}
		},
	};
}
