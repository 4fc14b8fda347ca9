import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { profileOf } from './browser.ts';

const DIRECTORY = join(import.meta.dirname, '..', 'screenshots');

/** Keeps how the whole page looks, for people: `screenshots/<theme>-<device>/<name>.png`. Nothing is compared. */
export async function snap(page: Page, name: string): Promise<void> {
	const { theme, device } = profileOf(page);
	await page.evaluate(() => document.fonts.ready.then(() => undefined));
	await page.screenshot({
		path: join(DIRECTORY, `${theme}-${device}`, `${name}.png`),
		fullPage: true,
		animations: 'disabled',
	});
}
