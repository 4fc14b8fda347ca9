/** Works through the items in order, so many at once; resolves with the results in the order of the items. */
export async function atOnce<T, R>(
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
