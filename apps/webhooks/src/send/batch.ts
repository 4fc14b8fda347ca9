/**
 * Returns a function that passes items to `flush` in batches. While a batch is being flushed, further items collect for the next one. So
 * batches grow with the load, and a single item doesn't wait. The function settles as the flush of its batch does.
 */
export function createBatcher<T, R = void>(
	flush: (items: readonly T[]) => Promise<R>,
): (item: T) => Promise<R> {
	let waiting: T[] = [];
	let next: Promise<R> | undefined;
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
