import { gzipSync } from 'node:zlib';
import type { Browser, Page, Response } from 'playwright-core';
import { BASE_URL } from '../../../driver/client.ts';
import { profileFor, type Visitor } from '../support/chromium.ts';
import { recordPageErrors } from '../support/page-errors.ts';

export interface Resource {
	url: string;
	/** Resource type: script, stylesheet, font and so on. */
	type: string;
	gzipBytes: number;
}

/** Types of resources that have a budget. */
const BUDGETED = ['script', 'stylesheet', 'font'];

/** What a browser with an empty cache fetches for a page before any click. */
export interface PageLoad {
	path: string;
	/** Scripts, styles and fonts. */
	resources: Resource[];
	requests: number;
	/** Cumulative layout shift, as the browser measures it. */
	layoutShift: number;
	/** URLs of requests to other origins than the product's and the store's. */
	thirdPartyUrls: string[];
	/** Problems that the inspection found; empty for a page that redirects. */
	problems: string[];
}

/** Inspects a loaded page, and returns its problems. */
export type Inspect = (page: Page) => Promise<string[]>;

/** A page is loaded when no request has started or ended for this long. */
const QUIET_MS = 1_000;

/** Long, because machines may be busy. Only a page that never loads takes this long. */
const LOAD_MS = 90_000;

/** Loads a page in a fresh profile, waits until it is loaded, and inspects it. */
export async function loadPage(
	browser: Browser,
	path: string,
	visitor: Visitor,
	inspect: Inspect = async () => [],
): Promise<PageLoad> {
	// with animations, which may shift the layout
	const context = await browser.newContext(await profileFor({ reducedMotion: false, ...visitor }));
	try {
		context.setDefaultTimeout(LOAD_MS);
		const errors = await recordPageErrors(context);
		const page = await context.newPage();
		await page.addInitScript(countShifts);
		const responses: Response[] = [];
		const urls: string[] = [];
		page.on('response', (response) => responses.push(response));
		page.on('request', (request) => urls.push(request.url()));
		const document = await page.goto(path);
		await untilQuiet(page);
		const allowedOrigins = ownOrigins(document?.headers()['content-security-policy'] ?? '');
		const load = {
			path,
			resources: await Promise.all(responses.filter(isBudgeted).map(measureSize)),
			requests: urls.length,
			layoutShift: await shiftOf(page),
			thirdPartyUrls: urls.filter(
				(url) => !allowedOrigins.includes(new URL(url).origin) && !/^(blob|data):/.test(url),
			),
		};
		// the page that another redirects to is inspected under its own path
		const found = new URL(page.url()).pathname === path ? await inspect(page) : [];
		const label = `${path}, ${visitor.as ? 'signed in' : 'signed out'}, ${visitor.device ?? 'desktop'}`;
		return { ...load, problems: [...found, ...errors.list()].map((problem) => `${label}: ${problem}`) };
	} finally {
		await context.close();
	}
}

/** Waits for a pause between requests. Pauses before the title and fonts are loaded don't count: a slow machine causes them. */
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

const isBudgeted = (response: Response) => BUDGETED.includes(response.request().resourceType());

/** Sizes by URL. Many pages load the same files, and the name of a built file contains a hash of its content. */
const gzipSizes = new Map<string, number>();

async function measureSize(response: Response): Promise<Resource> {
	const url = response.url();
	let gzipBytes = gzipSizes.get(url);
	if (gzipBytes === undefined) {
		const body = await response.body().catch(() => Buffer.alloc(0));
		gzipBytes = gzipSync(body, { level: 9 }).length;
		if (body.length > 0) gzipSizes.set(url, gzipBytes);
	}
	return { url, type: response.request().resourceType(), gzipBytes };
}

/** Returns the origins to which the page's policy lets it connect: the product's and the store's. */
function ownOrigins(policy: string): string[] {
	const [, sources = ''] = /connect-src ([^;]*)/.exec(policy) ?? [];
	return [new URL(BASE_URL).origin, ...sources.split(' ').filter((source) => source.startsWith('http'))];
}

type Counting = { layoutShiftSoFar: number };

/** Runs in the page. Leaves out shifts that follow user input. */
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
