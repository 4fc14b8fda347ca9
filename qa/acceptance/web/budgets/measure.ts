import type { Browser } from 'playwright-core';
import { newPerson } from '../../../driver/client.ts';
import { finishJob, startJob, uploadFile } from '../../../driver/flow.ts';
import { makePdf } from '../../../driver/pdf.ts';
import { createRandom, type Random } from '../../../driver/random.ts';
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

/**
 * Loads every page of the running product, measures what it costs and inspects it.
 * @param seed selects the device of each visitor; without it, pages are loaded on both
 */
export async function measureAll(
	browser: Browser,
	{ inspect, seed }: { inspect?: Inspect; seed?: number } = {},
): Promise<Measured> {
	const first = await loadPage(browser, FIRST_PAGE, {});
	const random = seed === undefined ? undefined : createRandom(seed);
	const loads = await loadAll(browser, { inspect, random });
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

/** Loads each page as a user with a file and a job, and as a visitor who is signed out. */
async function loadAll(
	browser: Browser,
	{ inspect, random }: { inspect: Inspect | undefined; random: Random | undefined },
): Promise<PageLoad[]> {
	const as = await newPerson();
	await finishJob(as.token, await startJob(as.token, await uploadFile(as.token, makePdf())));
	const devices: Device[] = ['desktop', 'phone'];
	const loads: PageLoad[] = [];
	for (const path of await pagePaths()) {
		const visitors: Visitor[] = random
			? [{ as, device: random.pick(devices) }, { device: random.pick(devices) }]
			: devices.flatMap((device) => [{ as, device }, { device }]);
		loads.push(...(await Promise.all(visitors.map((visitor) => loadPage(browser, path, visitor, inspect)))));
	}
	return loads;
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
