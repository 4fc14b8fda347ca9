import { createHash } from 'node:crypto';
import { join, relative } from 'node:path';
import { expect } from '@jest/globals';

const REPOSITORY = join(import.meta.dirname, '..', '..', '..');

/**
 * Returns the cases that this run tests, in their order: all of them, or with TEST_SEED `size` of them. The seed and the test file
 * choose which. At least one of each kind is among them, even if these are more than `size`.
 * @param kindOf returns the kind of a case; without it, all cases are of one kind
 */
export function slice<const T>(
	cases: readonly T[],
	size: number,
	kindOf: (one: T) => unknown = () => undefined,
): T[] {
	const seed = process.env.TEST_SEED ?? '';
	if (seed === '') return [...cases];
	const file = relative(REPOSITORY, expect.getState().testPath ?? '');
	const drawn = cases
		.map((one, index) => ({ kind: kindOf(one), index, order: hash(`${seed} ${file} ${index}`) }))
		.sort((one, other) => (one.order < other.order ? -1 : 1));
	const oneOfEach = [...Map.groupBy(drawn, ({ kind }) => kind).values()].flatMap((kind) => kind.slice(0, 1));
	const chosen = new Set([...oneOfEach, ...drawn].map(({ index }) => index));
	const indexes = [...chosen].slice(0, Math.max(size, oneOfEach.length));
	return cases.filter((_, index) => indexes.includes(index));
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
