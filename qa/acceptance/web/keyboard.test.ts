import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { newEmail, PASSWORD } from '../../driver/client.ts';
import { useBrowser } from './support/browser.ts';
import { picturePdf } from './support/documents.ts';
import { uploadRow } from './support/uploads.ts';

const { visit } = useBrowser();

/** More tab stops than any page has. */
const STOPS_MAX = 60;

/** Presses Tab until the target has the focus, and checks that the focus is visible. */
async function tabTo(page: Page, target: Locator): Promise<void> {
	await target.waitFor();
	for (let stops = 0; stops < STOPS_MAX; stops += 1) {
		if (await isFocused(target)) {
			expect(await target.evaluate(outlines)).toContain('solid');
			return;
		}
		await page.keyboard.press('Tab');
	}
	throw new Error(`${target} can't be reached with Tab`);
}

/** The outlines of the element and its frame. */
const outlines = (element: Element) =>
	[element, element.parentElement ?? element].map((one) => getComputedStyle(one).outlineStyle);

const isFocused = (target: Locator) => target.evaluate((element) => element === document.activeElement);

test('a file is compressed with the keyboard only, from the home page through sign-up', async () => {
	const page = await visit();
	await tabTo(page, page.getByRole('link', { name: 'Compress PDF' }));
	await page.keyboard.press('Enter');
	await page.getByRole('heading', { level: 1, name: 'Compress PDF' }).waitFor();
	// after navigation the focus is on the content
	await page.locator('main:focus').waitFor();

	// from here on, because Playwright has to intercept the file chooser first
	const choosing = page.waitForEvent('filechooser');
	await tabTo(page, page.getByRole('button', { name: 'Choose files' }));
	await page.keyboard.press('Enter');
	const input = picturePdf('holiday.pdf');
	await (await choosing).setFiles(input);

	const dialog = page.getByRole('dialog');
	await tabTo(page, dialog.getByLabel('Email'));
	await page.keyboard.type(newEmail());
	await tabTo(page, dialog.getByLabel('Password', { exact: true }));
	await page.keyboard.type(PASSWORD);
	await page.keyboard.press('Enter');

	const download = uploadRow(page, 'holiday.pdf').getByRole('button', { name: 'Download' });
	await tabTo(page, download);
	const downloading = page.waitForEvent('download');
	await page.keyboard.press('Enter');
	const output = await readFile(await (await downloading).path());
	expect(output.subarray(0, 5).toString()).toBe('%PDF-');
	expect(output.length).toBeLessThan(input.buffer.length);
});

test('the first tab stop skips the header', async () => {
	const page = await visit();
	// the content, which has the next tab stop, is loaded
	await page.getByRole('button', { name: 'Choose files' }).waitFor();
	await page.keyboard.press('Tab');
	await page.getByRole('link', { name: 'Skip to content' }).and(page.locator(':focus')).waitFor();
	await page.keyboard.press('Enter');
	await page.keyboard.press('Tab');
	expect(await page.evaluate(() => document.querySelector('main')?.contains(document.activeElement))).toBe(
		true,
	);
});
