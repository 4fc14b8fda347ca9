/**
 * Returns a function that hands items to `flush` in batches: while one batch is being flushed, others collect, so that batches grow with
 * the load and a single item waits for nothing. It rejects if the flush of its batch does.
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
