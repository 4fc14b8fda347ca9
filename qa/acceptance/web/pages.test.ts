import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { newPerson, type Person } from '../../driver/client.ts';
import { finishJob, startJob, uploadFile } from '../../driver/flow.ts';
import { makePdf } from '../../driver/pdf.ts';
import { expectAccessible } from './support/accessible.ts';
import { useBrowser } from './support/browser.ts';
import { picturePdf } from './support/documents.ts';
import { pagePaths } from './support/pages.ts';
import { chooseFiles } from './support/works.ts';

const { visit } = useBrowser();
const paths = await pagePaths();

/** Somebody who has something on every page. */
let person: Person;

beforeAll(async () => {
	person = await newPerson();
	const file = await uploadFile(person.token, makePdf());
	await finishJob(person.token, await startJob(person.token, file));
});

/** Has its title, and all that it asked for. */
async function settled(page: Page): Promise<void> {
	await page.locator('main h1').first().waitFor();
	await page.waitForLoadState('networkidle');
}

/** Wider than the window: one has to scroll sideways. */
const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

describe.each(paths)('the page %s', (path) => {
	test.each([
		['signed in, on a desktop', true, 'desktop'],
		['signed in, on a phone', true, 'phone'],
		['signed out, on a phone', false, 'phone'],
	] as const)('is accessible in both themes, and fits: %s', async (_who, isSignedIn, device) => {
		const page = await visit({ path, device, ...(isSignedIn && { as: person }) });
		await settled(page);
		expect(await page.locator('h1').count()).toBe(1);
		expect(await page.title()).toMatch(/creatorr$/);
		expect(await overflow(page)).toBeLessThanOrEqual(0);
		await expectAccessible(page);
	});
});

test('a window of 320 pixels, as a page of 1280 is at 400 %, needs no scrolling sideways', async () => {
	const page = await visit({ as: person });
	await page.setViewportSize({ width: 320, height: 640 });
	const tooWide: string[] = [];
	for (const path of paths) {
		await page.goto(path);
		await settled(page);
		if ((await overflow(page)) > 0) tooWide.push(path);
	}
	expect(tooWide).toEqual([]);
	// the header also shows what is on its way
	await page.route('**/v1/jobs', (route) => route.abort());
	await page.goto('/tools/compress_heavy');
	await chooseFiles(page, picturePdf());
	await page.getByRole('button', { name: '1 file on the way' }).waitFor();
	expect(await overflow(page)).toBeLessThanOrEqual(0);
	const nobody = await visit({ path: '/tools/compress_heavy' });
	await nobody.setViewportSize({ width: 320, height: 640 });
	await chooseFiles(nobody, picturePdf());
	await nobody.getByRole('button', { name: '1 file on the way' }).waitFor();
	expect(await overflow(nobody)).toBeLessThanOrEqual(0);
});

describe('what moves while something is loaded', () => {
	/** How many animations take long enough to be seen, while the tools don't come. */
	async function movements(reducedMotion: boolean): Promise<number> {
		const page = await visit({ path: '/sign-in', reducedMotion });
		await page.route('**/v1/tools', () => undefined);
		await page.getByRole('link', { name: 'Tools', exact: true }).click();
		await page.getByText('Loading the tools').waitFor();
		return await page.evaluate(
			() =>
				document.getAnimations().filter(({ effect }) => Number(effect?.getComputedTiming().duration) > 1)
					.length,
		);
	}

	test('moves', async () => {
		expect(await movements(false)).toBeGreaterThan(0);
	});

	test('stands still for who wants that', async () => {
		expect(await movements(true)).toBe(0);
	});
});
