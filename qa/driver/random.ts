/** Pseudorandom numbers: the same seed returns the same ones. */
export interface Random {
	/** At least 0, below 1. */
	next(): number;
	/** An integer, both ends included. */
	between(least: number, most: number): number;
	pick<T>(items: readonly T[]): T;
	shuffle<T>(items: readonly T[]): T[];
}

/** Returns the generator known as mulberry32. */
export function createRandom(seed: number): Random {
	let state = seed >>> 0;
	function next(): number {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}
	const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
	return {
		next,
		between,
		pick(items) {
			const item = items[between(0, items.length - 1)];
			if (item === undefined) throw new Error('nothing to pick from');
			return item;
		},
		shuffle(items) {
			const drawn = items.map((item) => ({ item, order: next() }));
			return drawn.sort((one, other) => one.order - other.order).map(({ item }) => item);
		},
	};
}
