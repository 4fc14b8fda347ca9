/** Maps with at most `limit` calls at a time, keeping the order. The first failure rejects, and no other call starts. */
export async function mapConcurrently<T, R>(
	items: readonly T[],
	limit: number,
	map: (item: T) => Promise<R>,
): Promise<R[]> {
	const results: R[] = new Array(items.length);
	const queue = items.entries();
	let failed = false;
	const work = async () => {
		for (const [index, item] of queue) {
			if (failed) return;
			results[index] = await map(item).catch((error: unknown) => {
				failed = true;
				throw error;
			});
		}
	};
	await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
	return results;
}
