import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { newPerson, type Person } from '../../driver/client.ts';
import { finishJob, startJob, uploadFile } from '../../driver/flow.ts';
import { makePdf } from '../../driver/pdf.ts';
import { findViolations } from './support/accessible.ts';
import { useBrowser } from './support/browser.ts';
import { picturePdf } from './support/documents.ts';
import { pagePaths } from './support/pages.ts';
import { chooseFiles } from './support/uploads.ts';

// each test visits all pages
jest.setTimeout(360_000);

const { visit } = useBrowser();
const paths = await pagePaths();

/** A user who has something on every page. */
let person: Person;

beforeAll(async () => {
	person = await newPerson();
	const file = await uploadFile(person.token, makePdf());
	await finishJob(person.token, await startJob(person.token, file));
});

/** Goes to a page and waits for its title and everything that it requests. Returns false when it redirects. */
async function open(page: Page, path: string): Promise<boolean> {
	await page.goto(path);
	await page.locator('main h1').first().waitFor();
	await page.waitForLoadState('networkidle');
	return new URL(page.url()).pathname === path;
}

/** Pixels by which the page is wider than the window, so that it scrolls sideways. */
const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

/** Returns what is wrong with a page, and the same page in a window of 320 pixels. */
async function problemsOf(page: Page): Promise<string[]> {
	const problems = await findViolations(page);
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
	test.each([
		['signed in, on a desktop', true, 'desktop'],
		['signed in, on a phone', true, 'phone'],
		['signed out, on a phone', false, 'phone'],
	] as const)('is accessible in both themes, and fits its window: %s', async (_who, isSignedIn, device) => {
		const page = await visit({ path: '/docs', device, ...(isSignedIn && { as: person }) });
		const problems: string[] = [];
		for (const path of paths) {
			// the page that it redirects to is another one of these
			if (!(await open(page, path))) continue;
			problems.push(...(await problemsOf(page)).map((problem) => `${path}: ${problem}`));
		}
		expect(problems).toEqual([]);
	});
});

test('the header fits a window of 320 pixels with an active upload', async () => {
	for (const as of [person, undefined]) {
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
