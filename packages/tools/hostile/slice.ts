/** A generator of numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function numbers(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** So many of them all, at least one of each group where there is room, always the same for a seed. */
export function slice<T>(groups: readonly (readonly T[])[], count: number, seed: number): T[] {
	const next = numbers(seed);
	const shuffle = (items: readonly T[]) =>
		items
			.map((item) => ({ item, order: next() }))
			.sort((one, other) => one.order - other.order)
			.map(({ item }) => item);
	const shuffled = groups.map(shuffle);
	const first = shuffled.flatMap((group) => group.slice(0, 1));
	const others = shuffle(shuffled.flatMap((group) => group.slice(1)));
	return [...first, ...others].slice(0, count);
}
