/** @slice 4 */

import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { newEmail, newPerson, PASSWORD } from '../../driver/client.ts';
import { expectAccessible } from './support/accessible.ts';
import { useBrowser } from './support/browser.ts';
import { docx, picturePdf } from './support/documents.ts';
import { dropFiles } from './support/drop.ts';
import { snap } from './support/snap.ts';
import { chooseFiles, uploadRow } from './support/uploads.ts';

const { visit } = useBrowser();
const COMPRESS = '/tools/compress_heavy';

test('accepts files that are dropped anywhere on the page, or pasted', async () => {
	const page = await visit({ path: COMPRESS, as: await newPerson() });
	await dropFiles(page.getByRole('heading', { name: 'Options' }), [picturePdf('dropped.pdf')]);
	await uploadRow(page, 'dropped.pdf').waitFor();
	await page.evaluate(() => {
		const clipboardData = new DataTransfer();
		clipboardData.items.add(new File(['%PDF-1.4'], 'pasted.pdf', { type: 'application/pdf' }));
		document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
	});
	await uploadRow(page, 'pasted.pdf').waitFor();
});

test('lets a visitor drop a file first and sign up in a dialog, then continues', async () => {
	const page = await visit({ path: COMPRESS });
	await chooseFiles(page, picturePdf('first.pdf'));
	const dialog = page.getByRole('dialog', { name: 'One more step' });
	await dialog.getByLabel('Email').waitFor();
	await expectAccessible(page);
	await snap(page, 'tool-sign-up');
	await page.keyboard.press('Escape');
	await page.getByText('Sign in to continue with 1 file').waitFor();
	await page.getByRole('button', { name: 'Continue' }).click();
	await dialog.getByLabel('Email').fill(newEmail());
	await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await dialog.getByRole('button', { name: 'Create account' }).click();
	await uploadRow(page, 'first.pdf')
		.getByText(/% smaller/)
		.waitFor();
	expect(await dialog.count()).toBe(0);
});

test('lets a visitor sign in instead of registering, also after a reload', async () => {
	const person = await newPerson();
	const page = await visit({ path: COMPRESS });
	await chooseFiles(page, picturePdf('first.pdf'));
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('Email').waitFor();
	await page.reload();
	await dialog.getByRole('button', { name: 'Sign in' }).click();
	await dialog.getByLabel('Email').fill(person.email);
	await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await dialog.getByRole('button', { name: 'Sign in', exact: true }).first().click();
	await uploadRow(page, 'first.pdf')
		.getByText(/% smaller/)
		.waitFor();
});

describe('rejects at once', () => {
	test('a file of another type, and transfers it to a tool that accepts it', async () => {
		const page = await visit({ path: COMPRESS, as: await newPerson() });
		await chooseFiles(page, docx('report.docx'));
		await page.getByText('“Compress PDF” accepts only PDF files, not .docx.').waitFor();
		await expectAccessible(page);
		await snap(page, 'tool-refused');
		await page.getByRole('link', { name: 'Open “Office to PDF” instead' }).click();
		const row = uploadRow(page, 'report.docx');
		await row.getByRole('button', { name: 'Download' }).waitFor();
		await page.getByAltText('Page 1, result').waitFor();
		expect(await page.getByRole('figure', { name: 'Before' }).count()).toBe(0);
		await expectAccessible(page);
		await snap(page, 'tool-converted');
	});

	test('an empty file, and one that is larger than the plan allows', async () => {
		const directory = await mkdtemp(join(tmpdir(), 'creatorr-web-'));
		const [empty, large] = [join(directory, 'empty.pdf'), join(directory, 'huge.pdf')];
		await writeFile(empty, '');
		await writeFile(large, '%PDF-1.4');
		await truncate(large, 551_000_000);
		try {
			const page = await visit({ path: COMPRESS, as: await newPerson() });
			await chooseFiles(page, [empty, large]);
			await page.getByText('The file is empty.').waitFor();
			await page.getByText(/Free limit for .* is 550 MB/).waitFor();
			await page.getByRole('link', { name: 'See Pro' }).waitFor();
			await page.getByRole('button', { name: 'Dismiss' }).click();
			expect(await page.getByText('The file is empty.').count()).toBe(0);
			expect(await page.getByRole('region', { name: 'Your files' }).count()).toBe(0);
		} finally {
			await rm(directory, { recursive: true });
		}
	});
});

test('says that the tool is unavailable, as long as it is', async () => {
	const page = await visit({ as: await newPerson() });
	let available = false;
	await page.route('**/v1/tools', async (route) => {
		const response = await route.fetch();
		const { data } = await response.json();
		await route.fulfill({ response, json: { data: data.map((tool: object) => ({ ...tool, available })) } });
	});
	await page.clock.install();
	await page.goto(COMPRESS);
	const notice = page.getByText('This tool is temporarily unavailable', { exact: true });
	await notice.waitFor();
	await expectAccessible(page);
	await snap(page, 'tool-unavailable');
	available = true;
	await page.clock.fastForward('00:31');
	await notice.waitFor({ state: 'detached' });
	available = false;
	await page.clock.fastForward('00:31');
	await notice.waitFor();
});

test('forgets entered params and files that are held back when the user signs out', async () => {
	const page = await visit({ path: COMPRESS, as: await newPerson() });
	await page.getByText('More options').click();
	await page.getByLabel('Password').fill('sesame');
	await page.getByRole('spinbutton', { name: 'Quality' }).fill('1000');
	await chooseFiles(page, picturePdf());
	await page.getByText('1 file not started').waitFor();
	await page.getByRole('button', { name: 'Your account' }).click();
	await page.getByRole('button', { name: 'Sign out', exact: true }).click();
	// visitors may stay on the page
	await page.getByText('not started').waitFor({ state: 'detached' });
	await page.getByText('More options').click();
	expect(await page.getByLabel('Password').inputValue()).toBe('');
});

test('answers Page not found for an unknown tool', async () => {
	const page = await visit({ path: '/tools/no_such_tool' });
	await page.getByRole('heading', { name: 'Page not found' }).waitFor();
});
