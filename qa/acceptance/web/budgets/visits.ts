import { gzipSync } from 'node:zlib';
import type { Browser, Page, Response } from 'playwright-core';
import { BASE_URL } from '../../../driver/client.ts';
import { profileFor, type Visitor } from '../support/chromium.ts';
import { watchForTrouble } from '../support/trouble.ts';

export interface Resource {
	url: string;
	/** Of the DOM: script, stylesheet, font and so on. */
	type: string;
	gzipBytes: number;
}

/** What a browser that has nothing in its cache fetches for a page, before anybody clicks. */
export interface PageLoad {
	path: string;
	resources: Resource[];
	requests: number;
	/** How far what is seen has jumped about: the sum of the browser's own measure. */
	layoutShift: number;
	/** Asked for, though neither ours nor the store's. */
	foreign: string[];
	/** What is wrong with the page, as its inspection says; empty for one that redirects. */
	problems: string[];
}

/** Looks at a page that is loaded, and returns what is wrong with it. */
export type Inspect = (page: Page) => Promise<string[]>;

/** Nothing more comes when nothing has come for so long, and what is there is complete. */
const QUIET_MS = 1_000;

/** Long, because machines may be busy, and only a page that never loads takes so long. */
const LOAD_MS = 90_000;

/** Loads a page in a fresh profile, waits until nothing more comes, and inspects it. */
export async function loadPage(
	browser: Browser,
	path: string,
	visitor: Visitor,
	inspect: Inspect = async () => [],
): Promise<PageLoad> {
	const context = await browser.newContext(await profileFor(visitor));
	try {
		context.setDefaultTimeout(LOAD_MS);
		const trouble = await watchForTrouble(context);
		const page = await context.newPage();
		await page.addInitScript(countShifts);
		const responses: Response[] = [];
		const urls: string[] = [];
		page.on('response', (response) => responses.push(response));
		page.on('request', (request) => urls.push(request.url()));
		const document = await page.goto(path);
		await untilQuiet(page);
		const own = ownOrigins(document?.headers()['content-security-policy'] ?? '');
		const load = {
			path,
			resources: await Promise.all(responses.map(measured)),
			requests: urls.length,
			layoutShift: await shiftOf(page),
			foreign: urls.filter((url) => !own.includes(new URL(url).origin) && !/^(blob|data):/.test(url)),
		};
		// the page that another redirects to is inspected under its own path
		const found = new URL(page.url()).pathname === path ? await inspect(page) : [];
		const who = `${path}, ${visitor.as ? 'signed in' : 'signed out'}, ${visitor.device ?? 'desktop'}`;
		return { ...load, problems: [...found, ...trouble.list()].map((problem) => `${who}: ${problem}`) };
	} finally {
		await context.close();
	}
}

/** A slow machine makes pauses of its own: before the page has its title and its fonts, none counts. */
async function untilQuiet(page: Page): Promise<void> {
	let lastAt = Date.now();
	const note = (): void => {
		lastAt = Date.now();
	};
	for (const event of ['request', 'requestfinished', 'requestfailed'] as const)
		page.on(event as 'request', note);
	await page.locator('main h1').first().waitFor();
	await page.waitForLoadState('load');
	await page.evaluate(() => document.fonts.ready.then(() => undefined));
	while (Date.now() - lastAt < QUIET_MS) await page.waitForTimeout(QUIET_MS / 10);
}

async function measured(response: Response): Promise<Resource> {
	const body = await response.body().catch(() => Buffer.alloc(0));
	const type = response.request().resourceType();
	return { url: response.url(), type, gzipBytes: gzipSync(body, { level: 9 }).length };
}

/** Our own, and the store's: where the page's policy lets it connect to. */
function ownOrigins(policy: string): string[] {
	const [, sources = ''] = /connect-src ([^;]*)/.exec(policy) ?? [];
	return [new URL(BASE_URL).origin, ...sources.split(' ').filter((source) => source.startsWith('http'))];
}

type Counting = { layoutShiftSoFar: number };

/** Runs in the page. What moves because somebody typed or clicked is left out. */
function countShifts(): void {
	const counting = window as unknown as Counting;
	counting.layoutShiftSoFar = 0;
	new PerformanceObserver((list) => {
		for (const entry of list.getEntries() as (PerformanceEntry & {
			value: number;
			hadRecentInput: boolean;
		})[]) {
			if (!entry.hadRecentInput) counting.layoutShiftSoFar += entry.value;
		}
	}).observe({ type: 'layout-shift', buffered: true });
}

function shiftOf(page: Page): Promise<number> {
	return page.evaluate(() => (window as unknown as Counting).layoutShiftSoFar);
}
