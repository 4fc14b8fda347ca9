/** Everything that an async iterator gives. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
	const collected: Item[] = [];
	for await (const item of items) {
		collected.push(item);
	}
	return collected;
}
