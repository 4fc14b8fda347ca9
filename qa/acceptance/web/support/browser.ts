import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type Device, launchChromium, profileFor, type Theme, type Visitor } from './chromium.ts';
import { type PageErrors, recordPageErrors } from './page-errors.ts';

/** How long a step waits; long, because machines may be busy, and only a failing step waits this long. */
const STEP_MS = 30_000;
/** How long a page of a failed test may take to say what it shows. */
const DESCRIBE_MS = 5_000;

interface Visit extends Visitor {
	/** The page's path, with query and hash; `/` by default. */
	path?: string;
	/** Errors that this test causes on purpose: see `tolerate`. */
	tolerated?: RegExp[];
}

export interface Profile {
	device: Device;
	theme: Theme;
}

interface Opened {
	profile: Profile;
	errors: PageErrors;
}

const opened = new Map<BrowserContext, Opened>();

function openedFor(page: Page): Opened {
	const found = opened.get(page.context());
	if (!found) throw new Error('the page was not opened by the visit of useBrowser');
	return found;
}

/** Returns the device and theme of a page. */
export function profileOf(page: Page): Profile {
	return openedFor(page).profile;
}

/** Ignores matching errors from now on, also in other tabs: errors that a test causes on purpose. */
export function tolerate(page: Page, pattern: RegExp): void {
	openedFor(page).errors.tolerate(pattern);
}

/** Returns what each open page shows and which of its requests were refused: what a failed test saw. */
async function describePages(): Promise<string> {
	const pages = [...opened].flatMap(([context, { errors }]) =>
		context.pages().map(async (page) => {
			const text = await page.locator('body').ariaSnapshot({ timeout: DESCRIBE_MS }).catch(String);
			return [page.url(), text, ...errors.refusals()].join('\n');
		}),
	);
	return (await Promise.all(pages)).join('\n\n');
}

/**
 * A browser for the tests of one file. `visit` opens a page in a new browser context, with empty storage. After each test
 * its pages are closed, and the test fails when they had errors: see `recordPageErrors`. After a failed test, this error says what its pages showed.
 */
export function useBrowser(): { visit: (visit?: Visit) => Promise<Page>; browser: () => Browser } {
	let browser: Browser;

	beforeAll(async () => {
		browser = await launchChromium();
	});

	afterEach(async () => {
		const hasFailed = Reflect.get(globalThis, 'hasTestFailed') === true;
		const pages = hasFailed ? await describePages() : '';
		const errors = [...opened.values()].flatMap((page) => page.errors.list());
		await Promise.all([...opened.keys()].map((context) => context.close()));
		opened.clear();
		if (pages) errors.unshift(pages);
		if (errors.length > 0) throw new Error(`the page had errors:\n  ${errors.join('\n  ')}`);
	});

	afterAll(() => browser.close());

	return {
		browser: () => browser,
		async visit({ path = '/', tolerated = [], ...visitor } = {}) {
			const { device = 'desktop', theme = 'light' } = visitor;
			const context = await browser.newContext(await profileFor(visitor));
			context.setDefaultTimeout(STEP_MS);
			const errors = await recordPageErrors(context);
			opened.set(context, { profile: { device, theme }, errors });
			for (const pattern of tolerated) errors.tolerate(pattern);
			const page = await context.newPage();
			await page.goto(path);
			return page;
		},
	};
}
