/**
 * Runs work of the same key one after the other, and of different keys at once. For work that takes a lock of that key in the
 * database: whoever waited there would hold a connection, and one user's burst would take all connections from everybody.
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
