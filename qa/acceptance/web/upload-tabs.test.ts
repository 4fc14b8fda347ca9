/** @slice 1 */

import { expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { newPerson } from '../../driver/client.ts';
import { useBrowser } from './support/browser.ts';
import { lockedPdf, picturePdf } from './support/documents.ts';
import { watchParts } from './support/sent-parts.ts';
import {
	chooseFiles,
	fillDisk,
	finishUpload,
	LONG_WAIT,
	newUploader,
	uploadedSums,
	uploadRow,
	uploadSlowly,
} from './support/uploads.ts';
import { useLargeFile } from './support/use-large-file.ts';

// large uploads are slowed down on purpose
jest.setTimeout(360_000);

const { visit } = useBrowser();
const large = useLargeFile();
const COMPRESS = '/tools/compress_heavy';
/** How often to repeat what fails only sometimes. */
const ROUNDS = Number(process.env.WEB_TWO_TAB_ROUNDS ?? 1);

/** Opens a tab that is requesting locks before the first tab does. */
async function openSecondTab(page: Page): Promise<void> {
	const other = await page.context().newPage();
	await other.goto('/tools/office_to_pdf');
	await other.getByRole('heading', { name: 'Options' }).waitFor();
}

test('only one of two tabs drives an upload, both show it, and either commands it', async () => {
	const person = await newUploader();
	const page = await visit({ path: COMPRESS, as: person });
	await uploadSlowly(page, large());
	const other = await page.context().newPage();
	const otherParts = watchParts(other);
	await other.goto(COMPRESS);
	await other.getByText(/^Uploading/).waitFor();
	await other.getByRole('button', { name: 'Pause large.pdf' }).click();
	await page.getByText(/^Paused at/).waitFor();
	await other.getByText(/^Paused at/).waitFor();
	expect(otherParts.begun).toEqual([]);
	// the tab that drove it is closed, and the other takes over
	await page.close();
	await other.getByRole('button', { name: 'Resume large.pdf' }).click();
	await finishUpload(other, large());
	expect(otherParts.taken.size).toBeGreaterThan(0);
	expect(await uploadedSums(person, large())).toEqual([large().sha256]);
});

test('the tab in which a file was chosen drives it, because it alone has its bytes and password', async () => {
	const page = await visit({ path: COMPRESS, as: await newPerson() });
	await fillDisk(page);
	await page.addInitScript(() => {
		// a browser that grants this tab its locks late
		const request = LockManager.prototype.request;
		LockManager.prototype.request = async function (this: LockManager, ...given: unknown[]) {
			await new Promise((resolve) => setTimeout(resolve, 500));
			return Reflect.apply(request, this, given);
		};
	});
	await page.reload();
	await openSecondTab(page);
	await chooseFiles(page, await lockedPdf('sesame', 'secret.pdf'));
	const row = uploadRow(page, 'secret.pdf');
	await row.getByLabel('Password').fill('sesame');
	await row.getByRole('button', { name: 'Unlock' }).click();
	await row.getByRole('button', { name: 'Download' }).waitFor(LONG_WAIT);
});

test('no file is lost that is chosen after a large one was canceled', async () => {
	for (let round = 0; round < ROUNDS; round += 1) {
		const page = await visit({ path: COMPRESS, as: await newUploader() });
		await openSecondTab(page);
		await chooseFiles(page, large().path);
		await page.getByRole('button', { name: 'Cancel large.pdf' }).click();
		await page.getByText('Canceled', { exact: true }).waitFor();
		await page.goto('/tools/ocr');
		await chooseFiles(page, picturePdf('small.pdf'));
		await uploadRow(page, 'small.pdf').getByRole('button', { name: 'Download' }).waitFor(LONG_WAIT);
		await page.context().close();
	}
});
