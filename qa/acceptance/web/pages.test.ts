import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { newPerson } from '../../driver/client.ts';
import { exceeds, type Measured, measureAll } from './budgets/measure.ts';
import { table } from './budgets/table.ts';
import { findViolations } from './support/accessible.ts';
import { useBrowser } from './support/browser.ts';
import { picturePdf } from './support/documents.ts';
import { chooseFiles } from './support/uploads.ts';

// one hook visits all pages
jest.setTimeout(360_000);

const { visit, browser } = useBrowser();

/** Pixels by which the page is wider than the window, so that it scrolls sideways. */
const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

/** Returns what is wrong with a page, and the same page in a window of 320 pixels. */
async function problemsOf(page: Page): Promise<string[]> {
	const problems = await findViolations(page, 'light');
	if ((await page.locator('h1').count()) !== 1) problems.push('it has not exactly one h1');
	if (!/creatorr$/.test(await page.title())) problems.push(`its title is ${await page.title()}`);
	if ((await overflow(page)) > 0) problems.push('it is too wide');
	const size = page.viewportSize();
	await page.setViewportSize({ width: 320, height: 640 });
	if ((await overflow(page)) > 0) problems.push('it is too wide for 320 pixels');
	if (size) await page.setViewportSize(size);
	return problems;
}

describe('every page', () => {
	let measured: Measured;

	beforeAll(async () => {
		measured = await measureAll(browser(), problemsOf);
	});

	test('is accessible in both themes, fits its window and has no errors, on a desktop and on a phone', () => {
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
