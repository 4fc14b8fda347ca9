import { createRandom } from '../driver/random.ts';

/** Chooses `count` items, with at least one of each group where there is room. The same seed makes the same choice. */
export function slice<T>(groups: readonly (readonly T[])[], count: number, seed: number): T[] {
	const { shuffle } = createRandom(seed);
	const shuffled = groups.map((group) => shuffle(group));
	const first = shuffled.flatMap((group) => group.slice(0, 1));
	const others = shuffle(shuffled.flatMap((group) => group.slice(1)));
	return [...first, ...others].slice(0, count);
}
