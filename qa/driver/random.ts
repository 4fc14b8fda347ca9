export type Random = ReturnType<typeof createRandom>;

/** Generates pseudorandom numbers as mulberry32: the same seed returns the same ones. */
export function createRandom(seed: number) {
	let state = seed >>> 0;
	/** At least 0, below 1. */
	function next(): number {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}
	/** Returns an integer, both ends included. */
	const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
	return {
		next,
		between,
		pick<T>(items: readonly T[]): T {
			const item = items[between(0, items.length - 1)];
			if (item === undefined) throw new Error('nothing to pick from');
			return item;
		},
	};
}
