/**
 * Returns a function that passes items to `flush` in batches. While a batch is being flushed, further items collect for the next one. So
 * batches grow with the load, and a single item doesn't wait. The function rejects if the flush of its batch rejects.
 */
export function createBatcher<T>(flush: (items: readonly T[]) => Promise<void>): (item: T) => Promise<void> {
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
