import { slice } from '@creatorr/testing/slice';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { newPerson } from '../../driver/client.ts';
import { overflow, problemsOf } from './budgets/inspect.ts';
import { exceeds, type Measured, measureAll } from './budgets/measure.ts';
import { table } from './budgets/table.ts';
import { useBrowser } from './support/browser.ts';
import { picturePdf } from './support/documents.ts';
import { chooseFiles } from './support/uploads.ts';

// one hook visits all pages
jest.setTimeout(360_000);

const { visit, browser } = useBrowser();

describe('every page', () => {
	let measured: Measured;

	beforeAll(async () => {
		measured = await measureAll(browser(), {
			inspect: problemsOf,
			// with TEST_SEED, one visit for each page
			choose: (visits) => slice(visits, 0, ({ path }) => path),
		});
	});

	test('is accessible in both themes, fits its window and has no errors, on a desktop or a phone', () => {
		expect(measured.problems).toEqual([]);
	});

	test('costs a browser no more than its budget', () => {
		// a page that fetched nothing would be cheap, too
		const script = measured.measures.find(({ what }) => what === 'first load: script');
		expect(script?.measured).toBeGreaterThan(10);
		expect(table(measured.measures.filter(exceeds))).toBe('');
	});
});

test('the header fits a window of 320 pixels with an active upload', async () => {
	for (const as of [await newPerson(), undefined]) {
		const page = await visit({ path: '/tools/compress_heavy', ...(as && { as }) });
		await page.setViewportSize({ width: 320, height: 640 });
		await page.route('**/v1/jobs', (route) => route.abort());
		await chooseFiles(page, picturePdf());
		await page.getByRole('button', { name: '1 file in progress' }).waitFor();
		expect(await overflow(page)).toBeLessThanOrEqual(0);
	}
});

describe('animations while something is loading', () => {
	/** Counts animations that are long enough to be seen, while the tools are loading. */
	async function countAnimations(reducedMotion: boolean): Promise<number> {
		const page = await visit({ path: '/sign-in', reducedMotion });
		await page.route('**/v1/tools', () => undefined);
		await page.getByRole('link', { name: 'Tools', exact: true }).click();
		await page.getByText('Loading tools').waitFor();
		return await page.evaluate(
			() =>
				document.getAnimations().filter(({ effect }) => Number(effect?.getComputedTiming().duration) > 1)
					.length,
		);
	}

	test('run', async () => {
		expect(await countAnimations(false)).toBeGreaterThan(0);
	});

	test('don’t run with reduced motion', async () => {
		expect(await countAnimations(true)).toBe(0);
	});
});
