/** @slice 5 */

import { describe, expect, test } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { call, newPerson } from '../../driver/client.ts';
import { expectAccessible } from './support/accessible.ts';
import { useBrowser } from './support/browser.ts';
import { picturePdf, scannedPdf } from './support/documents.ts';
import { snap } from './support/snap.ts';
import { chooseFiles, uploadRow } from './support/uploads.ts';

const { visit } = useBrowser();
const COMPRESS = '/tools/compress_heavy';

describe('the form', () => {
	test('is made from the schema, stored on the device without secrets, and sent', async () => {
		const person = await newPerson();
		const page = await visit({ path: COMPRESS, as: person });
		await page.getByRole('radio', { name: /^Smallest file/ }).check();
		await page.getByRole('switch', { name: 'Grayscale' }).check();
		await page.getByText('More options').click();
		expect(await page.getByRole('spinbutton', { name: 'Quality' }).inputValue()).toBe('40');
		await page.getByLabel('Password').fill('not-needed');
		await page.reload();
		expect(await page.getByRole('radio', { name: /^Smallest file/ }).isChecked()).toBe(true);
		await page.getByText('More options').click();
		expect(await page.getByLabel('Password').inputValue()).toBe('');
		await expectAccessible(page);
		await snap(page, 'tool-options');
		await chooseFiles(page, picturePdf());
		await uploadRow(page, 'holiday.pdf')
			.getByText(/% smaller/)
			.waitFor();
		const { body } = await call('GET', '/v1/jobs', { token: person.token });
		expect(body.data[0].params).toMatchObject({ quality: 40, grayscale: true, password: null });
		await page.getByRole('button', { name: 'Reset' }).click();
		expect(await page.getByRole('radio', { name: /^Balanced/ }).isChecked()).toBe(true);
	});

	test('holds files back while a param is invalid', async () => {
		const page = await visit({ path: COMPRESS, as: await newPerson() });
		await page.getByText('More options').click();
		await page.getByRole('spinbutton', { name: 'Quality' }).fill('1000');
		await page.getByText('Must be at most 100.').waitFor();
		await chooseFiles(page, picturePdf());
		await page.getByText('1 file not started').waitFor();
		expect(await page.getByRole('button', { name: 'Start' }).isDisabled()).toBe(true);
		await page.getByRole('spinbutton', { name: 'Quality' }).fill('60');
		await page.getByRole('button', { name: 'Start' }).click();
		await uploadRow(page, 'holiday.pdf')
			.getByText(/% smaller/)
			.waitFor();
		await page.getByRole('spinbutton', { name: 'Quality' }).fill('');
		await page.getByText('Enter a number.').waitFor();
		const again = page.getByRole('button', { name: 'Run again with the current options' });
		expect(await again.isDisabled()).toBe(true);
		await page.getByRole('spinbutton', { name: 'Quality' }).fill('50');
		expect(await again.isEnabled()).toBe(true);
	});

	test('offers the languages that the workers have', async () => {
		const page = await visit({ path: '/tools/ocr', as: await newPerson() });
		const languages = page.getByLabel('Languages', { exact: true });
		const add = page.getByRole('button', { name: 'Add to Languages' });
		const hasFocus = () => languages.evaluate((select) => select === document.activeElement);
		await languages.selectOption('French');
		// selecting adds nothing
		await languages.selectOption('German');
		expect(await page.getByRole('button', { name: /^Remove / }).count()).toBe(1);
		await add.click();
		expect(await hasFocus()).toBe(true);
		await page.getByRole('button', { name: 'Remove English' }).press('Enter');
		expect(await hasFocus()).toBe(true);
		await page.getByRole('button', { name: 'Remove German' }).click();
		await page.getByText('Select at least one.').waitFor();
		await languages.selectOption('English');
		await add.click();
		await expectAccessible(page);
		await snap(page, 'tool-ocr');
	});
});

test('a param that the API rejects is marked, and fixed without another upload', async () => {
	const page = await visit({ path: '/tools/ocr', as: await newPerson() });
	let uploads = 0;
	page.on('request', (request) => {
		if (request.method() === 'PUT') uploads += 1;
	});
	await page.getByRole('radio', { name: /^Replace the text/ }).check();
	await page.getByLabel('Result format').selectOption('Plain text');
	await page.getByText('More options').click();
	await page.getByRole('switch', { name: 'Clean' }).check();
	await chooseFiles(page, await scannedPdf());
	const row = uploadRow(page, 'scan.pdf');
	await row.getByText('An option is invalid.').waitFor();
	await page
		.getByText(/^Not available if “Pages that already have text” is set to “Replace the text”/)
		.first()
		.waitFor();
	await expectAccessible(page);
	await snap(page, 'tool-options-refused');
	await page.getByRole('switch', { name: 'Clean' }).uncheck();
	await row.getByRole('button', { name: 'Try again with the current options' }).click();
	await row.getByRole('button', { name: 'Download' }).waitFor();
	expect(uploads).toBe(1);
	// the recognized text is shown, and can be copied
	await row
		.getByRole('region', { name: /^Text of / })
		.getByText('Hello scanner')
		.waitFor();
	await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	await row.getByRole('button', { name: 'Copy text' }).click();
	await row.getByRole('button', { name: 'Copied' }).waitFor();
	expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('Hello scanner');
	await expectAccessible(page);
});

test('an image that is pasted into a field is not taken for a file', async () => {
	const page = await visit({ path: '/tools/ocr', as: await newPerson() });
	await page.getByText('More options').click();
	const paste = (target: Locator) =>
		target.evaluate((element) => {
			const clipboardData = new DataTransfer();
			clipboardData.items.add(new File([new Uint8Array(100)], 'image.png', { type: 'image/png' }));
			element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
		});
	await paste(page.getByLabel('Pages', { exact: true }));
	await paste(page.getByRole('main'));
	await uploadRow(page, 'image.png').waitFor();
	expect(await page.getByRole('heading', { name: 'image.png' }).count()).toBe(1);
});
