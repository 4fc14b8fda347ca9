import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { call, PASSWORD, type Person } from '../../../driver/client.ts';
import { finishJob, startJob, uploadFile } from '../../../driver/flow.ts';
import { DEVICES, type Device, profileFor, type Theme } from '../support/chromium.ts';
import { brokenPdf, type Document, docx, scannedPdf } from '../support/documents.ts';
import { chooseFiles, uploadRow } from '../support/uploads.ts';
import { brochure } from './brochure.ts';

export const DIRECTORY = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'screenshots');

const EMAIL = 'ada@example.com';
const STEP_MS = 60_000;

interface Picture {
	name: string;
	path: string;
	device: Device;
	theme: Theme;
	isSignedIn: boolean;
	/** Height of the window, if that of the device shows too little. */
	height?: number;
	/** Brings the page into the state to show. */
	prepare: (page: Page) => Promise<void>;
}

const title = (page: Page) => page.locator('main h1').first().waitFor();

async function compress(page: Page): Promise<void> {
	await chooseFiles(page, await brochure('autumn.pdf'));
	await uploadRow(page, 'autumn.pdf')
		.getByText(/smaller/)
		.waitFor();
	await page.getByAltText('Page 1, after').waitFor();
	await page.evaluate(() => scrollTo(0, 0));
}

async function openOperation(page: Page): Promise<void> {
	await page.locator('#createJob-heading:focus').waitFor();
}

/** The history comes before pictures that add to it. */
const PICTURES: Picture[] = [
	{ name: 'home', path: '/', device: 'desktop', theme: 'light', isSignedIn: false, prepare: tools },
	{ name: 'history', path: '/history', device: 'desktop', theme: 'light', isSignedIn: true, prepare: title },
	{
		name: 'account-phone',
		path: '/account',
		device: 'phone',
		theme: 'dark',
		isSignedIn: true,
		prepare: title,
	},
	{
		name: 'docs',
		path: '/docs#createJob',
		device: 'desktop',
		theme: 'light',
		isSignedIn: false,
		prepare: openOperation,
	},
	{
		name: 'tool',
		path: '/tools/compress_heavy',
		device: 'desktop',
		theme: 'dark',
		isSignedIn: true,
		height: 1_130,
		prepare: compress,
	},
	{
		name: 'tool-phone',
		path: '/tools/compress_heavy',
		device: 'phone',
		theme: 'light',
		isSignedIn: true,
		prepare: compress,
	},
];

async function tools(page: Page): Promise<void> {
	await page.getByRole('link', { name: 'Compress PDF' }).waitFor();
}

/** Takes all pictures of the README; resolves to their names and sizes in bytes. */
export async function takePictures(browser: Browser): Promise<[string, number][]> {
	const person = await ada();
	await fillHistory(person);
	await mkdir(DIRECTORY, { recursive: true });
	const taken: [string, number][] = [];
	for (const picture of PICTURES) taken.push([picture.name, await take(browser, person, picture)]);
	return taken;
}

async function take(browser: Browser, as: Person, picture: Picture): Promise<number> {
	const { name, path, device, theme, isSignedIn, height, prepare } = picture;
	const { viewport } = DEVICES[device];
	const context = await browser.newContext({
		...(await profileFor({ device, theme, ...(isSignedIn && { as }) })),
		viewport: { ...viewport, ...(height && { height }) },
		deviceScaleFactor: device === 'phone' ? 2 : 1,
	});
	try {
		context.setDefaultTimeout(STEP_MS);
		const page = await context.newPage();
		await page.goto(path);
		await prepare(page);
		await page.waitForLoadState('networkidle');
		await page.evaluate(() => document.fonts.ready.then(() => undefined));
		const png = await page.screenshot({ animations: 'disabled' });
		// a palette makes the picture a third as large without a visible difference
		const small = execFileSync('pngquant', ['--quality', '60-95', '--speed', '1', '--strip', '-'], {
			input: png,
		});
		await writeFile(join(DIRECTORY, `${name}.png`), small);
		return small.length;
	} finally {
		await context.close();
	}
}

/** Signs in the same person each time. Registers her on a product that doesn't know her. */
async function ada(): Promise<Person> {
	const body = { email: EMAIL, password: PASSWORD };
	const registered = await call('POST', '/v1/auth/register', { body });
	const { data } =
		registered.status === 201 ? registered.body : (await call('POST', '/v1/auth/login', { body })).body;
	return { token: data.token, email: EMAIL, id: data.user.id };
}

async function fillHistory({ token }: Person): Promise<void> {
	const done: [Document, string][] = [
		[docx('minutes.docx'), 'office_to_pdf'],
		[await scannedPdf('contract.pdf'), 'ocr'],
		[brokenPdf('half-a-download.pdf'), 'compress_heavy'],
		[await brochure('winter.pdf'), 'compress_heavy'],
	];
	for (const [{ name, mimeType, buffer }, tool] of done) {
		const file = await uploadFile(token, buffer, { name, mimeType });
		await finishJob(token, await startJob(token, file, { tool }));
	}
}
