/** Does the work for each item, so many at a time. */
export async function forEachAtOnce<T>(
	items: readonly T[],
	atOnce: number,
	work: (item: T) => Promise<void>,
): Promise<void> {
	const waiting = [...items];
	const run = async () => {
		for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
	};
	await Promise.all(Array.from({ length: atOnce }, run));
}
