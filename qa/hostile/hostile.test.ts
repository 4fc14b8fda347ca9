import { loadCatalogue } from '@creatorr/tools/catalogue';
import { plainPng } from '@creatorr/tools/testing/builders/images';
import { deflated, MARK, onePage } from '@creatorr/tools/testing/builders/pdf';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { FAMILIES } from './families/all.ts';
import { casesOf, isSurvival } from './hostile-case.ts';
import { inspect } from './leaks.ts';
import { openRunner } from './run-case.ts';
import { slice } from './slice.ts';
import { openWorld, SECRET_COLOUR } from './world.ts';

jest.setTimeout(120_000);

const SLICE = 25;
const SEED = Number(process.env.HOSTILE_SEED ?? 1);

const world = await openWorld();
const runner = await openRunner(world, 1);
afterAll(async () => {
	await runner.close();
	await world.close();
});

const manifests = [...(await loadCatalogue()).values()];
const families = FAMILIES.map((family) =>
	casesOf(family, world, manifests).map((one) => ({ title: `${family.name}: ${one.name}`, one })),
);

test('there are hundreds of hostile files, no two of one name', () => {
	const titles = families.flat().map(({ title }) => title);
	expect(titles.length).toBeGreaterThanOrEqual(300);
	expect(new Set(titles).size).toBe(titles.length);
});

test.each(manifests)(
	'$slug is put through the families that its manifest names',
	({ slug, hostileFamilies }) => {
		const names = FAMILIES.map(({ name }) => name);
		const own = names.filter((_, index) => families[index]?.some(({ one }) => one.tool === slug));
		expect(own.length).toBeGreaterThan(0);
		expect(own).toEqual(names.filter((name) => hostileFamilies?.includes(name)));
		expect(names).toEqual(expect.arrayContaining([...(hostileFamilies ?? [])]));
	},
);

test('a tool without cases of its own must survive the files of the others', () => {
	const [family] = FAMILIES.filter(({ name }) => name === 'page bombs');
	const [pdfTool] = manifests.filter(({ accepts }) => accepts.includes('application/pdf'));
	if (!family || !pdfTool) throw new Error('there are no page bombs in PDFs');
	const known = family.cases(world);
	const all = casesOf(family, world, [{ ...pdfTool, slug: 'new', hostileFamilies: ['page bombs'] }]);
	const added = all.slice(known.length);
	expect(added.length).toBeGreaterThan(10);
	expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
	for (const one of added)
		expect(one).toMatchObject({ tool: 'new', mimeType: 'application/pdf', expected: { survives: true } });
	const mayTimeOut = added.filter(({ expected }) => 'survives' in expected && expected.mayTimeOut);
	expect(mayTimeOut).toEqual(added.filter(({ deadlineMs }) => deadlineMs !== undefined));
});

test.each([
	['corrupt_input', true],
	['limit_exceeded', true],
	['timeout', false],
	['tool_failed', true],
	['internal', false],
] as const)('a job that must survive its file may fail with %s: %s', (code, may) => {
	expect(isSurvival(code, { survives: true, mayTimeOut: false })).toBe(may);
});

test('a job may time out with a file that its family declares endless', () => {
	expect(isSurvival('timeout', { survives: true, mayTimeOut: true })).toBe(true);
});

/** Those that hang wait for their deadline, which takes too long here. */
const quick = families.map((cases) => cases.filter(({ one }) => one.deadlineMs === undefined));

describe(`a hostile file of seed ${SEED} comes to what it has to:`, () => {
	test.each(slice(quick, SLICE, SEED))('$title', async ({ one }) => {
		expect(await runner.judge(one)).toBeUndefined();
	});
});

describe('a secret in an output is found', () => {
	const { secret } = world;

	test('where it lies packed', async () => {
		const pdf = onePage({ objects: [deflated('', Buffer.from(secret))], catalog: '/Lang 5 0 R' });
		expect((await inspect(pdf, secret)).leaks).toEqual(['unpacked bytes']);
	});

	test('where it is written on a page', async () => {
		const { text, leaks } = await inspect(onePage({ content: `BT /F1 9 Tf (${secret}) Tj ET` }), secret);
		expect(text).toContain(MARK);
		expect(leaks).toContain('text');
	});

	test('where it is the picture', async () => {
		const [red, green, blue] = SECRET_COLOUR.map((level) => level / 255);
		const { leaks } = await inspect(
			onePage({ content: `${red} ${green} ${blue} rg 9 9 99 99 re f` }),
			secret,
		);
		expect(leaks).toEqual(['picture']);
	});

	test('in other files than PDFs', async () => {
		expect((await inspect(Buffer.from(`text ${secret}`, 'utf16le'), secret)).leaks).toEqual(['bytes']);
		expect((await inspect(plainPng(9, 9, [0, 0, 0]), secret)).leaks).toEqual([]);
	});
});

test('whoever comes to the listeners is heard', async () => {
	const before = world.heard().length;
	await fetch(world.url('a')).catch(() => undefined);
	expect(world.heard().length).toBe(before + 1);
});
