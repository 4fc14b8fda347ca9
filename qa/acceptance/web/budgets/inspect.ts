import type { Page } from 'playwright-core';
import { findViolations } from '../support/violations.ts';

/** Pixels by which the page is wider than the window, so that it scrolls sideways. */
export const overflow = (page: Page) =>
	page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

/** Returns what is wrong with a page, and the same page in a window of 320 pixels. */
export async function problemsOf(page: Page): Promise<string[]> {
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
