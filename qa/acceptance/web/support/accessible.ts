import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { profileOf } from './browser.ts';
import type { Theme } from './chromium.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const THEMES: Theme[] = ['light', 'dark'];

const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Fails when axe finds anything on the page as it is now, in either theme. */
export async function expectAccessible(page: Page): Promise<void> {
	// as the debugger does it: the page's policy would let no script of ours in
	await page.evaluate(await axeSource);
	const violations: string[] = [];
	// a colour on its way from one theme to the other is neither's
	await page.emulateMedia({ reducedMotion: 'reduce' });
	for (const theme of THEMES) {
		await page.emulateMedia({ colorScheme: theme });
		await painted(page);
		violations.push(...(await violationsOf(page)).map((violation) => `${theme}: ${violation}`));
	}
	await page.emulateMedia({ colorScheme: profileOf(page).theme, reducedMotion: null });
	expect(violations).toEqual([]);
}

/** Waits until the page has been painted as it is now. */
async function painted(page: Page): Promise<void> {
	await page.evaluate(
		() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
	);
}

async function violationsOf(page: Page): Promise<string[]> {
	const { violations } = await page.evaluate(async (tags): Promise<AxeResults> => {
		const { axe } = window as unknown as { axe: typeof import('axe-core') };
		return axe.run(document, { runOnly: tags, resultTypes: ['violations'] });
	}, TAGS);
	return violations.flatMap(({ id, nodes }) =>
		nodes.map(({ target, failureSummary = '' }) => {
			return `${id} at ${target.join(' ')}: ${failureSummary.replaceAll(/\s+/g, ' ')}`;
		}),
	);
}
