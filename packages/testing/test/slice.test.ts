import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { slice } from '../src/slice.ts';

const seedBefore = process.env.TEST_SEED;
afterEach(() => setSeed(seedBefore));

function setSeed(seed: string | undefined): void {
	if (seed === undefined) delete process.env.TEST_SEED;
	else process.env.TEST_SEED = seed;
}

const cases = Array.from({ length: 20 }, (_, index) => index);
const seeds = Array.from({ length: 100 }, (_, index) => String(index));

/** Returns what each seed draws. */
const drawnBy = (draw: () => number[]) =>
	seeds.map((seed) => {
		setSeed(seed);
		return draw();
	});

describe('without TEST_SEED, slice', () => {
	test.each([undefined, ''])('returns all cases (%j)', (seed) => {
		setSeed(seed);
		expect(slice(cases, 3)).toEqual(cases);
	});
});

describe('with TEST_SEED, slice', () => {
	beforeEach(() => setSeed('7'));

	test('returns as many cases as it should, in their order', () => {
		for (const drawn of drawnBy(() => slice(cases, 3))) {
			expect(drawn).toHaveLength(3);
			expect(drawn.toSorted((one, other) => one - other)).toEqual(drawn);
		}
	});

	test('returns the same cases for the same seed', () => {
		expect(slice(cases, 5)).toEqual(slice(cases, 5));
	});

	test('returns every case for some seed', () => {
		expect(new Set(drawnBy(() => slice(cases, 2)).flat())).toEqual(new Set(cases));
	});

	test('returns other cases in another test file', () => {
		const here = slice(cases, 5);
		const { testPath = '' } = expect.getState();
		try {
			expect.setState({ testPath: `${testPath}x` });
			expect(slice(cases, 5)).not.toEqual(here);
		} finally {
			expect.setState({ testPath });
		}
	});

	test('returns at least one case of each kind', () => {
		const kindOf = (one: number) => (one < 18 ? 'many' : one);
		for (const drawn of drawnBy(() => slice(cases, 4, kindOf))) {
			expect(drawn).toHaveLength(4);
			expect(new Set(drawn.map(kindOf))).toEqual(new Set(['many', 18, 19]));
		}
	});

	test('returns one case of each kind if there are more kinds than the size', () => {
		const kindOf = (one: number) => one % 5;
		for (const drawn of drawnBy(() => slice(cases, 1, kindOf)))
			expect(drawn.map(kindOf).toSorted((one, other) => one - other)).toEqual([0, 1, 2, 3, 4]);
	});

	test('returns all cases if they are fewer than the size', () => {
		expect(slice(cases, 100)).toEqual(cases);
	});
});
