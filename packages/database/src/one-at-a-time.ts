/**
 * Runs work of the same key one after the other, and of different keys at once. For work whose burst by one user would take from
 * everybody: connections, where it waits for a lock of that key in the database; the event loop, where an answer costs much.
 */
export function createOneAtATime(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
	const lastOf = new Map<string, Promise<unknown>>();
	return async (key, work) => {
		const before = lastOf.get(key) ?? Promise.resolve();
		const mine = before.then(work, work);
		lastOf.set(key, mine);
		try {
			return await mine;
		} finally {
			if (lastOf.get(key) === mine) lastOf.delete(key);
		}
	};
}
