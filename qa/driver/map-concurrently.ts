/** Calls `work` for each item, in order, for at most `concurrency` items at a time. Resolves with the results in the order of the items. */
export async function mapConcurrently<T, R>(
	items: readonly T[],
	concurrency: number,
	work: (item: T) => Promise<R>,
): Promise<R[]> {
	const results: R[] = new Array(items.length);
	const waiting = items.entries();
	const drain = async () => {
		for (const [index, item] of waiting) results[index] = await work(item);
	};
	await Promise.all(Array.from({ length: concurrency }, drain));
	return results;
}
