/** @slice 5 */

import { describe, expect, test } from '@jest/globals';
import { call, newPerson } from '../../driver/client.ts';
import { expectAccessible } from './support/accessible.ts';
import { useBrowser } from './support/browser.ts';
import { DEVICES } from './support/chromium.ts';
import { brokenPdf, lockedPdf, picturePdf, textPdf } from './support/documents.ts';
import { snap } from './support/snap.ts';
import { chooseFiles, uploadRow } from './support/uploads.ts';

const { visit } = useBrowser();
const COMPRESS = '/tools/compress_heavy';

test('shows savings and a preview, also on a phone, and offers the download', async () => {
	const page = await visit({ path: COMPRESS, as: await newPerson() });
	await page.getByRole('heading', { name: 'Compress PDF' }).waitFor();
	await snap(page, 'tool');
	await chooseFiles(page, picturePdf('holiday.pdf', { pages: 2 }));
	const row = uploadRow(page, 'holiday.pdf');
	await row.getByText(/\d+% smaller/).waitFor();
	await page.getByAltText('Page 1, before').waitFor();
	await page.getByAltText('Page 1, after').waitFor();
	await row.getByRole('button', { name: 'Next page' }).click();
	await row.getByText('Page 2 of 2').waitFor();
	await page.getByAltText('Page 2, before').waitFor();
	await row.getByRole('button', { name: 'Zoom in' }).click();
	await row.getByText('150%').waitFor();
	await expectAccessible(page);
	await snap(page, 'tool-done');
	await page.setViewportSize(DEVICES.phone.viewport);
	await expectAccessible(page);
	const downloading = page.waitForEvent('download');
	await row.getByRole('button', { name: 'Download' }).click();
	expect((await downloading).suggestedFilename()).toBe('holiday.compressed.pdf');
});

describe('a failed job', () => {
	test('asks for the password of a locked PDF, which is not stored', async () => {
		const page = await visit({ path: COMPRESS, as: await newPerson() });
		await chooseFiles(page, await lockedPdf('sesame'));
		const row = uploadRow(page, 'secret.pdf');
		await row.getByText('This file is password-protected.').waitFor();
		await expectAccessible(page);
		await snap(page, 'tool-password');
		await row.getByLabel('Password for secret.pdf').fill('wrong');
		await row.getByRole('button', { name: 'Unlock' }).click();
		await row.getByText('Incorrect password.').waitFor();
		await row.getByLabel('Password for secret.pdf').fill('sesame');
		await page.keyboard.press('Enter');
		await row.getByRole('button', { name: 'Download' }).waitFor();
		expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain(
			'sesame',
		);
	});

	test('says that a PDF is damaged, and can be removed', async () => {
		const page = await visit({ path: COMPRESS, as: await newPerson() });
		await chooseFiles(page, brokenPdf());
		await uploadRow(page, 'broken.pdf').getByText('The PDF is damaged beyond repair.').waitFor();
		await expectAccessible(page);
		await snap(page, 'tool-failed');
		await page.getByRole('button', { name: 'Remove broken.pdf from this list' }).click();
		await uploadRow(page, 'broken.pdf').waitFor({ state: 'detached' });
		await page.reload();
		await page.getByRole('heading', { name: 'Options' }).waitFor();
		expect(await uploadRow(page, 'broken.pdf').count()).toBe(0);
	});
});

test('offers the download when the preview fails to load', async () => {
	const page = await visit({ path: COMPRESS, as: await newPerson() });
	await page.route('**/assets/comparison-*.js', (route) => route.abort());
	await chooseFiles(page, picturePdf());
	await page.getByText('The preview couldn’t be loaded.').waitFor();
	await page.getByRole('button', { name: 'Download' }).waitFor();
});

test('stays on the page when the store is unavailable', async () => {
	const page = await visit({ path: COMPRESS, as: await newPerson() });
	await chooseFiles(page, picturePdf());
	await page.getByText(/% smaller/).waitFor();
	await page.route(/X-Amz-Signature/, (route) => route.abort());
	await page.getByRole('button', { name: 'Download' }).click();
	await page.getByText('Can’t reach creatorr.').waitFor();
	expect(new URL(page.url()).pathname).toBe(COMPRESS);
	await page.unroute(/X-Amz-Signature/);
	const downloading = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Download' }).click();
	await downloading;
});

test('runs again with other params, without another upload', async () => {
	const person = await newPerson();
	const page = await visit({ path: COMPRESS, as: person });
	let uploads = 0;
	page.on('request', (request) => {
		if (request.method() === 'PUT') uploads += 1;
	});
	await chooseFiles(page, picturePdf());
	await page.getByText(/% smaller/).waitFor();
	await page.getByText('More options').click();
	await page.getByRole('spinbutton', { name: 'Quality' }).fill('30');
	await page.getByRole('button', { name: 'Run again with the current options' }).click();
	await page.getByText('2 files').waitFor();
	await page
		.getByText(/% smaller/)
		.nth(1)
		.waitFor();
	const { body } = await call('GET', '/v1/jobs', { token: person.token });
	expect(body.data.map((job: { params: { quality: number } }) => job.params.quality)).toEqual([30, 70]);
	expect(uploads).toBe(1);
});

test('downloads several files as one zip', async () => {
	const page = await visit({ path: COMPRESS, as: await newPerson() });
	await chooseFiles(page, [picturePdf('a.pdf'), picturePdf('b.pdf'), await textPdf('letter.pdf')]);
	const button = page.getByRole('button', { name: 'Download all (3)' });
	await button.waitFor();
	await expectAccessible(page);
	await snap(page, 'tool-several');
	const downloading = page.waitForEvent('download');
	await button.click();
	const download = await downloading;
	expect(download.suggestedFilename()).toBe('creatorr Compress PDF.zip');
	await chooseFiles(page, await lockedPdf('sesame'));
	await uploadRow(page, 'secret.pdf').getByText('This file is password-protected.').waitFor();
	await page.getByRole('button', { name: 'Clear finished' }).click();
	// a failed upload that has a remedy stays
	await page.getByRole('heading', { name: 'Your file', exact: true }).waitFor();
	await uploadRow(page, 'secret.pdf').waitFor();
});

test('downloads the remaining files when another was deleted', async () => {
	const person = await newPerson();
	const page = await visit({ path: COMPRESS, as: person });
	await chooseFiles(page, [picturePdf('a.pdf'), picturePdf('b.pdf')]);
	const button = page.getByRole('button', { name: 'Download all (2)' });
	await button.waitFor();
	const { body } = await call('GET', '/v1/files', { token: person.token });
	const made: { id: string } = body.data.find(({ name }: { name: string }) => name === 'a.compressed.pdf');
	await call('DELETE', `/v1/files/${made.id}`, { token: person.token });
	const downloading = page.waitForEvent('download');
	await button.click();
	await downloading;
	await page.getByText('Expired or deleted, so not included: a.compressed.pdf.').waitFor();
	await uploadRow(page, 'a.pdf').getByText('The result has expired or was deleted.').waitFor();
});
