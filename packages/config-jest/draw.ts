import { createHash } from 'node:crypto';

/**
 * Returns the indexes of the cases that a seed draws: `size` of them, and at least one of each kind, even if these are more than `size`.
 * @param kinds the kind of each case
 * @param seed chooses the cases
 */
export function draw(kinds: readonly unknown[], size: number, seed: string): Set<number> {
	const drawn = kinds
		.map((kind, index) => ({ kind, index, order: hash(`${seed} ${index}`) }))
		.sort((one, other) => (one.order < other.order ? -1 : 1));
	const oneOfEach = [...Map.groupBy(drawn, ({ kind }) => kind).values()].flatMap((kind) => kind.slice(0, 1));
	const chosen = new Set([...oneOfEach, ...drawn].map(({ index }) => index));
	return new Set([...chosen].slice(0, Math.max(size, oneOfEach.length)));
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
