import { join, relative } from 'node:path';
import { draw } from '@creatorr/config-jest/draw';
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
	const drawn = draw(
		cases.map((one) => kindOf(one)),
		size,
		`${seed} ${file}`,
	);
	return cases.filter((_, index) => drawn.has(index));
}
