/** Runs one task at a time for each key, in the order in which they ask. */
export type Locks = <Result>(key: string, task: () => Promise<Result>) => Promise<Result>;

export function createLocks(): Locks {
	const tails = new Map<string, Promise<unknown>>();
	return async (key, task) => {
		const result = (tails.get(key) ?? Promise.resolve()).then(task);
		const tail = result.catch(() => undefined);
		tails.set(key, tail);
		await tail;
		if (tails.get(key) === tail) {
			tails.delete(key);
		}
		return result;
	};
}
