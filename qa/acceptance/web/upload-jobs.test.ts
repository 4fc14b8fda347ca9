/** @slice 2 */

import { expect, jest, test } from '@jest/globals';
import { call, newPerson, type Person } from '../../driver/client.ts';
import { expectAccessible } from './support/accessible.ts';
import { useBrowser } from './support/browser.ts';
import { picturePdf, scannedPdf } from './support/documents.ts';
import { snap } from './support/snap.ts';
import { chooseFiles, LONG_WAIT, uploadRow } from './support/uploads.ts';

jest.setTimeout(360_000);

const { visit } = useBrowser();
const OCR = '/tools/ocr';
/** Long enough for a reload or a cancellation while it runs. */
const LONG_SCAN: string[][] = Array(4).fill(['Hello scanner']);

const jobsOf = async ({ token }: Person): Promise<{ status: string; input_file_id: string }[]> =>
	(await call('GET', '/v1/jobs', { token })).body.data;

test('a job is watched again after a reload, and shown on every page', async () => {
	const page = await visit({ path: OCR, as: await newPerson() });
	await chooseFiles(page, await scannedPdf('scan.pdf', LONG_SCAN));
	await page.getByText(/^(Queued|Processing|Page \d)/).waitFor();
	await page.reload();
	await page.getByText(/^(Queued|Processing|Page \d)/).waitFor();
	await page.getByRole('link', { name: 'creatorr, home' }).click();
	const badge = page.getByRole('button', { name: '1 file in progress' });
	await badge.click();
	await expectAccessible(page);
	await snap(page, 'upload-badge');
	await page.getByRole('dialog', { name: 'Your files' }).getByRole('link', { name: 'scan.pdf' }).click();
	await uploadRow(page, 'scan.pdf').getByRole('button', { name: 'Download' }).waitFor(LONG_WAIT);
});

test('a job is canceled while it runs, and started again without another upload', async () => {
	const person = await newPerson();
	const page = await visit({ path: OCR, as: person });
	await chooseFiles(page, await scannedPdf('scan.pdf', LONG_SCAN));
	await page.getByText(/^(Queued|Processing|Page \d)/).waitFor();
	await page.getByRole('button', { name: 'Cancel scan.pdf' }).click();
	await page.getByText('Canceled', { exact: true }).waitFor();
	await page.getByRole('button', { name: 'Start again' }).click();
	await uploadRow(page, 'scan.pdf').getByRole('button', { name: 'Download' }).waitFor(LONG_WAIT);
	const jobs = await jobsOf(person);
	expect(jobs.map(({ status }) => status)).toEqual(['succeeded', 'canceled']);
	expect(new Set(jobs.map(({ input_file_id }) => input_file_id)).size).toBe(1);
});

test('many jobs are watched with at most 3 event streams', async () => {
	const page = await visit({ path: '/tools/compress_heavy', as: await newPerson() });
	let open = 0;
	let most = 0;
	const isStream = (url: string) => url.endsWith('/events');
	page.on('request', (request) => {
		if (!isStream(request.url())) return;
		open += 1;
		most = Math.max(most, open);
	});
	const close = (request: { url(): string }) => {
		if (isStream(request.url())) open -= 1;
	};
	page.on('requestfinished', close);
	page.on('requestfailed', close);
	const names = Array.from({ length: 8 }, (_, index) => `file-${index}.pdf`);
	await chooseFiles(
		page,
		names.map((name) => picturePdf(name)),
	);
	await page.getByRole('button', { name: 'Download all (8)' }).waitFor(LONG_WAIT);
	expect(most).toBeGreaterThan(0);
	expect(most).toBeLessThanOrEqual(3);
});

test('a job whose creation was not answered before a reload stays the only one, whatever password is entered', async () => {
	const person = await newPerson();
	const page = await visit({ path: OCR, as: person });
	await page.getByText('More options').click();
	await page.getByLabel('Password').fill('sesame');
	let tries = 0;
	const lost = new Promise<void>((resolve) => {
		void page.route('**/v1/jobs', async (route) => {
			tries += 1;
			if (tries === 1) await route.fetch();
			await route.abort();
			resolve();
		});
	});
	await chooseFiles(page, await scannedPdf('scan.pdf'));
	await lost;
	await page.reload();
	await page.getByText(/creatorr doesn’t keep passwords/).waitFor();
	await page.unroute('**/v1/jobs');
	const row = uploadRow(page, 'scan.pdf');
	await row.getByLabel('Password').fill('another');
	await row.getByRole('button', { name: 'Continue' }).click();
	await row.getByRole('button', { name: 'Download' }).waitFor(LONG_WAIT);
	expect(await jobsOf(person)).toHaveLength(1);
});
