import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { type Profile, profileOf } from './browser.ts';
import { DEVICES, type Device, type Theme } from './chromium.ts';

const DIRECTORY = join(import.meta.dirname, '..', 'screenshots');
const THEMES: readonly Theme[] = ['light', 'dark'];

/** Takes every state on every device in both themes. */
const TAKES_ALL = process.env.SNAP_ALL !== undefined;
const TAKES_ANY = TAKES_ALL || process.env.SNAP !== undefined;

/**
 * With `SNAP=1`, saves a screenshot of the whole page for people to look at: `screenshots/<theme>-<device>/<name>.png`.
 * Other runs skip this, because no test compares screenshots.
 */
export async function snap(page: Page, name: string): Promise<void> {
	if (!TAKES_ANY) return;
	const own = profileOf(page);
	await page.evaluate(() => document.fonts.ready.then(() => undefined));
	await take(page, name, own);
	if (!TAKES_ALL) return;
	for (const device of Object.keys(DEVICES) as Device[]) {
		for (const theme of THEMES) {
			await show(page, { device, theme });
			await take(page, name, { device, theme });
		}
	}
	await show(page, own);
}

async function show(page: Page, { device, theme }: Profile): Promise<void> {
	await page.setViewportSize(DEVICES[device].viewport);
	await page.emulateMedia({ colorScheme: theme });
}

async function take(page: Page, name: string, { device, theme }: Profile): Promise<void> {
	await page.screenshot({
		path: join(DIRECTORY, `${theme}-${device}`, `${name}.png`),
		fullPage: true,
		animations: 'disabled',
	});
}
