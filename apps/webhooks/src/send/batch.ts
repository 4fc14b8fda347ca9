/**
 * Returns a function that passes items to `flush` in batches. While a batch is being flushed, further items collect for the next one. So
 * batches grow with the load, and a single item doesn't wait. The function rejects if the flush of its batch rejects.
 */
export function createBatch<T>(flush: (items: readonly T[]) => Promise<void>): (item: T) => Promise<void> {
	let waiting: T[] = [];
	let next: Promise<void> | undefined;
	let current: Promise<unknown> = Promise.resolve();
	return (item) => {
		waiting.push(item);
		next ??= current.then(() => {
			const items = waiting;
			waiting = [];
			next = undefined;
			const flushed = flush(items);
			current = flushed.catch(() => undefined);
			return flushed;
		});
		return next;
	};
}

/** Returns a function like that of {@link createBatch}, with separate batches for each key. It stores nothing for idle keys. */
export function createKeyedBatch<T>(
	flush: (key: string, items: readonly T[]) => Promise<void>,
): (key: string, item: T) => Promise<void> {
	const batches = new Map<string, { add(item: T): Promise<void>; pending: number }>();
	return async (key, item) => {
		const batch = batches.get(key) ?? {
			add: createBatch<T>((items) => flush(key, items)),
			pending: 0,
		};
		batches.set(key, batch);
		batch.pending += 1;
		try {
			await batch.add(item);
		} finally {
			batch.pending -= 1;
			if (batch.pending === 0) batches.delete(key);
		}
	};
}
