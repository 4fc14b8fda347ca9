/** Numbers that look random and are the same for the same seed. */
export interface Random {
	/** From 0 up to, and without, 1. */
	next(): number;
	/** A whole number, both ends included. */
	between(least: number, most: number): number;
	pick<T>(items: readonly T[]): T;
}

/** The generator known as mulberry32. */
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
	};
}
