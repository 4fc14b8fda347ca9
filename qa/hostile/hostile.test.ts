import { slice } from '@creatorr/testing/slice';
import { loadCatalog } from '@creatorr/tools/catalog';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { FAMILIES, titledCases } from './families/all.ts';
import { openRunner } from './run-case.ts';
import { openWorld } from './world.ts';

/** The run's own deadline decides, which does not count time that other processes take. */
jest.setTimeout(15 * 60_000);

/** How many files a run with TEST_SEED tries: one of each family, and two more. */
const SAMPLE = FAMILIES.length + 2;

const world = await openWorld();
const runner = await openRunner(world, 1);
afterAll(async () => {
	await runner.close();
	await world.close();
});

const manifests = [...(await loadCatalog()).values()];
const families = titledCases(world, manifests);

test('no two hostile files have the same name', () => {
	const titles = families.flat().map(({ title }) => title);
	expect(new Set(titles).size).toBe(titles.length);
});

test('every family has all of its files', () => {
	const counts = FAMILIES.map(({ name }, index) => [name, families[index]?.length]);
	expect(Object.fromEntries(counts)).toEqual({
		kinds: 76,
		polyglots: 34,
		truncated: 35,
		encrypted: 17,
		names: 27,
		fonts: 40,
		macros: 20,
		'zip bombs': 23,
		'pixel bombs': 45,
		'page bombs': 32,
		'XML bombs': 77,
		'endless PDFs': 98,
		'odd structures': 18,
		'PDF actions': 60,
		'office links': 150,
		'HTML links': 77,
	});
});

test.each(manifests)(
	'$slug has cases of the families that its manifest names',
	({ slug, hostileFamilies }) => {
		const names = FAMILIES.map(({ name }) => name);
		const own = names.filter((_, index) => families[index]?.some(({ one }) => one.tool === slug));
		expect(own.length).toBeGreaterThan(0);
		expect(own).toEqual(names.filter((name) => hostileFamilies?.includes(name)));
		expect(names).toEqual(expect.arrayContaining([...(hostileFamilies ?? [])]));
	},
);

const { TEST_SEED = '' } = process.env;
const cases = families
	.flatMap((family, index) => family.map((one) => ({ ...one, family: FAMILIES[index]?.name })))
	// Cases that wait for a deadline run only when all do.
	.filter(({ one }) => TEST_SEED === '' || one.deadlineMs === undefined);

describe('a hostile file ends as expected:', () => {
	test.each(slice(cases, SAMPLE, ({ family }) => family))('$title', async ({ one }) => {
		expect(await runner.judge(one)).toBeUndefined();
	});
});

test('the listeners record every connection', async () => {
	const before = world.received().length;
	await fetch(world.url('a')).catch(() => undefined);
	expect(world.received().length).toBe(before + 1);
});
