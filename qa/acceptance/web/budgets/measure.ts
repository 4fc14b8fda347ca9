import pMap from 'p-map';
import type { Browser } from 'playwright-core';
import { newPerson } from '../../../driver/client.ts';
import { finishJob, startJob, uploadFile } from '../../../driver/flow.ts';
import { makePdf } from '../../../driver/pdf.ts';
import type { Device, Visitor } from '../support/chromium.ts';
import { pagePaths } from '../support/pages.ts';
import { type Inspect, loadPage, type PageLoad, type Resource } from './page-load.ts';

/** A measured cost and its budget. */
export interface Measure {
	what: string;
	measured: number;
	budget: number;
	unit: 'kB' | '';
}

const FIRST_PAGE = '/';
/** The reader of PDFs is large, and loaded only for users who view one. */
const PDF_READER = /\/pdf[^/]*$/;

export interface Measured {
	/** All costs that have a budget. */
	measures: Measure[];
	/** Problems that inspections found. */
	problems: string[];
}

/** A page and a visitor who loads it. */
interface Visit {
	path: string;
	visitor: Visitor;
}

/** Two pages at a time, as a page waits for the network, too. */
const AT_ONCE = 2;

/**
 * Loads pages of the running product, measures what they cost and inspects them. Each is loaded by a user with a file and a job and by a
 * visitor who is signed out, on a desktop and on a phone.
 * @param choose returns the visits to make; all of them by default
 */
export async function measureAll(
	browser: Browser,
	{ inspect, choose = (visits) => visits }: { inspect?: Inspect; choose?: (visits: Visit[]) => Visit[] } = {},
): Promise<Measured> {
	const first = await loadPage(browser, FIRST_PAGE, {});
	const load = ({ path, visitor }: Visit) => loadPage(browser, path, visitor, inspect);
	const loads = await pMap(choose(await allVisits()), load, { concurrency: AT_ONCE });
	return {
		measures: [
			...firstLoad(first),
			...lazyChunks(first, loads),
			...shifts(loads),
			thirdPartyUrls([first, ...loads]),
		],
		problems: loads.flatMap(({ problems }) => problems),
	};
}

async function allVisits(): Promise<Visit[]> {
	const as = await newPerson();
	await finishJob(as.token, await startJob(as.token, await uploadFile(as.token, makePdf())));
	const devices: Device[] = ['desktop', 'phone'];
	const visitors: Visitor[] = devices.flatMap((device) => [{ as, device }, { device }]);
	const paths = await pagePaths();
	return paths.flatMap((path) => visitors.map((visitor) => ({ path, visitor })));
}

function firstLoad({ resources, requests }: PageLoad): Measure[] {
	const kilobytes = (type: string) => sum(resources.filter((resource) => resource.type === type));
	return [
		{ what: 'first load: script', measured: kilobytes('script'), budget: 150, unit: 'kB' },
		{ what: 'first load: styles', measured: kilobytes('stylesheet'), budget: 30, unit: 'kB' },
		{ what: 'first load: fonts', measured: kilobytes('font'), budget: 60, unit: 'kB' },
		{ what: 'first load: requests', measured: requests, budget: 20, unit: '' },
	];
}

const sum = (resources: readonly Resource[]) =>
	resources.reduce((total, { gzipBytes }) => total + gzipBytes, 0) / 1_000;

/** Returns the size of each script that only other pages fetch. */
function lazyChunks(first: PageLoad, loads: readonly PageLoad[]): Measure[] {
	const known = new Set(first.resources.map(({ url }) => url));
	const chunks = new Map<string, number>();
	for (const { url, type, gzipBytes } of loads.flatMap(({ resources }) => resources)) {
		if (type === 'script' && !known.has(url) && !PDF_READER.test(url)) chunks.set(url, gzipBytes / 1_000);
	}
	return [...chunks]
		.map(([url, measured]) => ({
			what: `fetched later: ${nameOf(url)}`,
			measured,
			budget: 60,
			unit: 'kB' as const,
		}))
		.sort((one, other) => other.measured - one.measured);
}

/** Returns the name of a script without its content hash. */
const nameOf = (url: string) => /([^/]+)-[\w-]{8}\.js$/.exec(url)?.[1] ?? url;

/** Returns the largest layout shift of each page. */
function shifts(loads: readonly PageLoad[]): Measure[] {
	return [...Map.groupBy(loads, ({ path }) => path)].map(([path, ofPage]) => ({
		what: `layout shift: ${path}`,
		measured: Math.max(...ofPage.map(({ layoutShift }) => layoutShift)),
		budget: 0.1,
		unit: '',
	}));
}

function thirdPartyUrls(loads: readonly PageLoad[]): Measure {
	const urls = new Set(loads.flatMap((load) => load.thirdPartyUrls));
	return { what: ['asked elsewhere', ...urls].join(' '), measured: urls.size, budget: 0, unit: '' };
}

export const exceeds = ({ measured, budget }: Measure) => measured > budget;
