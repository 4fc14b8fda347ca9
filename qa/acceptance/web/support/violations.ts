import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import type { Theme } from './chromium.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** The rules whose outcome depends on colors. All others have the same outcome in both themes. */
const COLOR_RULES = ['color-contrast', 'link-in-text-block'];
export const THEMES: readonly Theme[] = ['light', 'dark'];

const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Returns what axe finds on the page as it is now, in any of `themes`. Leaves the page in `theme`, with reduced motion. */
export async function findViolations(page: Page, theme: Theme, themes = THEMES): Promise<string[]> {
	// as the debugger does it: the page's content security policy would block a script tag
	await page.evaluate(await axeSource);
	const violations: string[] = [];
	// colors change at once, without a transition between the themes
	await page.emulateMedia({ reducedMotion: 'reduce' });
	for (const [index, tried] of themes.entries()) {
		const rules = index === 0 ? TAGS : COLOR_RULES;
		await page.emulateMedia({ colorScheme: tried });
		await painted(page);
		violations.push(...(await violationsOf(page, rules)).map((violation) => `${tried}: ${violation}`));
	}
	await page.emulateMedia({ colorScheme: theme });
	return violations;
}

/** Waits until the page has been painted as it is now. */
async function painted(page: Page): Promise<void> {
	await page.evaluate(
		() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
	);
}

async function violationsOf(page: Page, rules: string[]): Promise<string[]> {
	const { violations } = await page.evaluate(async (runOnly): Promise<AxeResults> => {
		const { axe } = window as unknown as { axe: typeof import('axe-core') };
		return axe.run(document, { runOnly, resultTypes: ['violations'] });
	}, rules);
	return violations.flatMap(({ id, nodes }) =>
		nodes.map(({ target, failureSummary = '' }) => {
			return `${id} at ${target.join(' ')}: ${failureSummary.replaceAll(/\s+/g, ' ')}`;
		}),
	);
}
