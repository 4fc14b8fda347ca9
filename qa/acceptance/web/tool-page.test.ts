import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { call, newEmail, newPerson, PASSWORD } from '../../driver/client.ts';
import { expectAccessible } from './support/accessible.ts';
import { useBrowser } from './support/browser.ts';
import { brokenPdf, docx, lockedPdf, picturePdf, scannedPdf, textPdf } from './support/documents.ts';
import { dropFiles } from './support/drop.ts';
import { snap } from './support/snap.ts';
import { chooseFiles, workRow } from './support/works.ts';

const { visit } = useBrowser();
const COMPRESS = '/tools/compress_heavy';

test('a file that was chosen comes out smaller, and can be looked at and taken home', async () => {
	const page = await visit({ path: COMPRESS, as: await newPerson() });
	await page.getByRole('heading', { name: 'Compress PDF' }).waitFor();
	await expectAccessible(page);
	await snap(page, 'tool');
	await chooseFiles(page, picturePdf('holiday.pdf'));
	const row = workRow(page, 'holiday.pdf');
	await row.getByText(/\d+% smaller/).waitFor();
	await page.getByAltText('First page, before').waitFor();
	await page.getByAltText('First page, after').waitFor();
	await expectAccessible(page);
	await snap(page, 'tool-done');
	const downloading = page.waitForEvent('download');
	await row.getByRole('button', { name: 'Download' }).click();
	expect((await downloading).suggestedFilename()).toBe('holiday.compressed.pdf');
});

test('on a phone, in the dark, it is the same', async () => {
	const page = await visit({ path: COMPRESS, as: await newPerson(), device: 'phone', theme: 'dark' });
	await chooseFiles(page, picturePdf('holiday.pdf'));
	await workRow(page, 'holiday.pdf')
		.getByText(/% smaller/)
		.waitFor();
	await page.getByAltText('First page, after').waitFor();
	await expectAccessible(page);
	await snap(page, 'tool-done');
});

test('a file may be dropped anywhere on the page, or pasted', async () => {
	const page = await visit({ path: COMPRESS, as: await newPerson() });
	await dropFiles(page.getByRole('heading', { name: 'Options' }), [picturePdf('dropped.pdf')]);
	await workRow(page, 'dropped.pdf').waitFor();
	await page.evaluate(() => {
		const clipboardData = new DataTransfer();
		clipboardData.items.add(new File(['%PDF-1.4'], 'pasted.pdf', { type: 'application/pdf' }));
		document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
	});
	await workRow(page, 'pasted.pdf').waitFor();
});

test('who is not signed in drops a file all the same, makes an account over the page, and it goes on', async () => {
	const page = await visit({ path: COMPRESS });
	await chooseFiles(page, picturePdf('first.pdf'));
	const dialog = page.getByRole('dialog', { name: 'One step, then it goes on' });
	await dialog.getByLabel('Email').waitFor();
	await expectAccessible(page);
	await snap(page, 'tool-sign-up');
	await page.keyboard.press('Escape');
	await page.getByText('1 file waits for you to sign in').waitFor();
	await page.getByRole('button', { name: 'Go on' }).click();
	await dialog.getByLabel('Email').fill(newEmail());
	await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await dialog.getByRole('button', { name: 'Create account' }).click();
	await workRow(page, 'first.pdf')
		.getByText(/% smaller/)
		.waitFor();
	expect(await dialog.count()).toBe(0);
});

test('who has an account signs in at the same place, also after a reload', async () => {
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
	await workRow(page, 'first.pdf')
		.getByText(/% smaller/)
		.waitFor();
});

describe('what the tool does not take is told at once', () => {
	test('another kind of file goes to the tool that takes it', async () => {
		const page = await visit({ path: COMPRESS, as: await newPerson() });
		await chooseFiles(page, docx('report.docx'));
		await page.getByText('Compress PDF doesn’t take .docx files, but PDF.').waitFor();
		await expectAccessible(page);
		await snap(page, 'tool-refused');
		await page.getByRole('link', { name: 'Take it to Office to PDF' }).click();
		const row = workRow(page, 'report.docx');
		await row.getByRole('button', { name: 'Download' }).waitFor();
		await page.getByText('No preview available').waitFor();
		await page.getByAltText('First page, after').waitFor();
		await expectAccessible(page);
		await snap(page, 'tool-converted');
	});

	test('and so is an empty one, and one that is larger than the plan takes', async () => {
		const directory = await mkdtemp(join(tmpdir(), 'creatorr-web-'));
		const [empty, large] = [join(directory, 'empty.pdf'), join(directory, 'huge.pdf')];
		await writeFile(empty, '');
		await writeFile(large, '%PDF-1.4');
		await truncate(large, 513 * 1024 ** 2);
		try {
			const page = await visit({ path: COMPRESS, as: await newPerson() });
			await chooseFiles(page, [empty, large]);
			await page.getByText('The file is empty.').waitFor();
			await page.getByText(/up to 537 MB on the free plan/).waitFor();
			await page.getByRole('link', { name: 'See Pro' }).waitFor();
			await page.getByRole('button', { name: 'Dismiss' }).click();
			expect(await page.getByText('The file is empty.').count()).toBe(0);
			expect(await page.getByRole('region', { name: 'Your files' }).count()).toBe(0);
		} finally {
			await rm(directory, { recursive: true });
		}
	});
});

describe('a job that fails says why, and what helps', () => {
	test('a locked PDF is opened with its password, typed where it is needed', async () => {
		const page = await visit({ path: COMPRESS, as: await newPerson() });
		await chooseFiles(page, await lockedPdf('sesame'));
		const row = workRow(page, 'secret.pdf');
		await row.getByText('It has a password.').waitFor();
		await expectAccessible(page);
		await snap(page, 'tool-password');
		await row.getByLabel('Password of secret.pdf').fill('wrong');
		await row.getByRole('button', { name: 'Open it' }).click();
		await row.getByText('This password doesn’t open it.').waitFor();
		await row.getByLabel('Password of secret.pdf').fill('sesame');
		await page.keyboard.press('Enter');
		await row.getByRole('button', { name: 'Download' }).waitFor();
		expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain(
			'sesame',
		);
	});

	test('a damaged PDF is told as such', async () => {
		const page = await visit({ path: COMPRESS, as: await newPerson() });
		await chooseFiles(page, brokenPdf());
		await workRow(page, 'broken.pdf').getByText('The file is damaged.').waitFor();
		await expectAccessible(page);
		await snap(page, 'tool-failed');
		await page.getByRole('button', { name: 'Remove broken.pdf' }).click();
		expect(await workRow(page, 'broken.pdf').count()).toBe(0);
		await page.reload();
		await page.getByRole('heading', { name: 'Options' }).waitFor();
		expect(await workRow(page, 'broken.pdf').count()).toBe(0);
	});

	test('an option that the API refuses is marked, and mended without another upload', async () => {
		const page = await visit({ path: '/tools/ocr', as: await newPerson() });
		let uploads = 0;
		page.on('request', (request) => {
			if (request.method() === 'PUT') uploads += 1;
		});
		await page.getByRole('radio', { name: /^Redo/ }).check();
		await page.getByText('More options').click();
		await page.getByRole('switch', { name: 'Clean' }).check();
		await chooseFiles(page, await scannedPdf());
		const row = workRow(page, 'scan.pdf');
		await row.getByText('An option is not as the tool needs it.').waitFor();
		await page
			.getByText(/^Deskew and clean are not possible with mode redo/)
			.first()
			.waitFor();
		await expectAccessible(page);
		await snap(page, 'tool-options-refused');
		await page.getByRole('switch', { name: 'Clean' }).uncheck();
		await row.getByRole('button', { name: 'Try again with these options' }).click();
		await row.getByRole('button', { name: 'Download' }).waitFor();
		expect(uploads).toBe(1);
	});
});

describe('options', () => {
	test('are made of the schema, kept on the device without secrets, and sent', async () => {
		const person = await newPerson();
		const page = await visit({ path: COMPRESS, as: person });
		await page.getByRole('spinbutton', { name: 'Quality' }).fill('40');
		await page.getByRole('switch', { name: 'Grayscale' }).check();
		await page.getByText('More options').click();
		await page.getByLabel('Password').fill('not-needed');
		await page.reload();
		expect(await page.getByRole('spinbutton', { name: 'Quality' }).inputValue()).toBe('40');
		await page.getByText('More options').click();
		expect(await page.getByLabel('Password').inputValue()).toBe('');
		await expectAccessible(page);
		await snap(page, 'tool-options');
		await chooseFiles(page, picturePdf());
		await workRow(page, 'holiday.pdf')
			.getByText(/% smaller/)
			.waitFor();
		const { body } = await call('GET', '/v1/jobs', { token: person.token });
		expect(body.data[0].params).toMatchObject({ quality: 40, grayscale: true, password: null });
		await page.getByRole('button', { name: 'Reset' }).click();
		expect(await page.getByRole('spinbutton', { name: 'Quality' }).inputValue()).toBe('70');
	});

	test('that are wrong hold files back until they are mended', async () => {
		const page = await visit({ path: COMPRESS, as: await newPerson() });
		await page.getByRole('spinbutton', { name: 'Quality' }).fill('1000');
		await page.getByText('At most 100.').waitFor();
		await chooseFiles(page, picturePdf());
		await page.getByText('1 file not started yet').waitFor();
		expect(await page.getByRole('button', { name: 'Start' }).isDisabled()).toBe(true);
		await page.getByRole('spinbutton', { name: 'Quality' }).fill('60');
		await page.getByRole('button', { name: 'Start' }).click();
		await workRow(page, 'holiday.pdf')
			.getByText(/% smaller/)
			.waitFor();
		await page.getByRole('spinbutton', { name: 'Quality' }).fill('');
		await page.getByText('Type a number.').waitFor();
		const again = page.getByRole('button', { name: 'Run again with these options' });
		expect(await again.isDisabled()).toBe(true);
		await page.getByRole('spinbutton', { name: 'Quality' }).fill('50');
		expect(await again.isEnabled()).toBe(true);
	});

	test('of OCR offer the languages that the workers have', async () => {
		const page = await visit({ path: '/tools/ocr', as: await newPerson() });
		const languages = page.getByLabel('Languages', { exact: true });
		const add = page.getByRole('button', { name: 'Add to Languages' });
		const hasFocus = () => languages.evaluate((select) => select === document.activeElement);
		await languages.selectOption('French');
		// looking through them chooses none
		await languages.selectOption('German');
		expect(await page.getByRole('button', { name: /^Remove / }).count()).toBe(1);
		await add.click();
		expect(await hasFocus()).toBe(true);
		await page.getByRole('button', { name: 'Remove English' }).press('Enter');
		expect(await hasFocus()).toBe(true);
		await page.getByRole('button', { name: 'Remove German' }).click();
		await page.getByText('Choose at least one.').waitFor();
		await languages.selectOption('English');
		await add.click();
		await expectAccessible(page);
		await snap(page, 'tool-ocr');
	});
});

test('a picture that is pasted with text into a field is not taken for a file', async () => {
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
	await workRow(page, 'image.png').waitFor();
	expect(await page.getByRole('heading', { name: 'image.png' }).count()).toBe(1);
});

test('that nobody works with a tool is said when it comes to that, and no longer than it is so', async () => {
	const page = await visit({ as: await newPerson() });
	let available = false;
	await page.route('**/v1/tools', async (route) => {
		const response = await route.fetch();
		const { data } = await response.json();
		await route.fulfill({ response, json: { data: data.map((tool: object) => ({ ...tool, available })) } });
	});
	await page.clock.install();
	await page.goto(COMPRESS);
	const notice = page.getByText('Nobody works with this tool just now', { exact: true });
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

test('what is typed and held back goes with whoever signs out', async () => {
	const page = await visit({ path: COMPRESS, as: await newPerson() });
	await page.getByText('More options').click();
	await page.getByLabel('Password').fill('sesame');
	await page.getByRole('spinbutton', { name: 'Quality' }).fill('1000');
	await chooseFiles(page, picturePdf());
	await page.getByText('1 file not started yet').waitFor();
	await page.getByRole('button', { name: 'Your account' }).click();
	await page.getByRole('button', { name: 'Sign out', exact: true }).click();
	// the page stays, as it is nobody's own
	await page.getByText('not started yet').waitFor({ state: 'detached' });
	await page.getByText('More options').click();
	expect(await page.getByLabel('Password').inputValue()).toBe('');
});

test('a preview that does not come leaves the result where it is', async () => {
	const page = await visit({ path: COMPRESS, as: await newPerson() });
	await page.route('**/assets/comparison-*.js', (route) => route.abort());
	await chooseFiles(page, picturePdf());
	await page.getByText('The pages can’t be shown just now.').waitFor();
	await page.getByRole('button', { name: 'Download' }).waitFor();
});

test('a store that is away takes nobody off the page', async () => {
	const page = await visit({ path: COMPRESS, as: await newPerson() });
	await chooseFiles(page, picturePdf());
	await page.getByText(/% smaller/).waitFor();
	await page.route(/X-Amz-Signature/, (route) => route.abort());
	await page.getByRole('button', { name: 'Download' }).click();
	await page.getByText('creatorr doesn’t answer.').waitFor();
	expect(new URL(page.url()).pathname).toBe(COMPRESS);
	await page.unroute(/X-Amz-Signature/);
	const downloading = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Download' }).click();
	await downloading;
});

test('a file runs once more with other options, without another upload', async () => {
	const person = await newPerson();
	const page = await visit({ path: COMPRESS, as: person });
	let uploads = 0;
	page.on('request', (request) => {
		if (request.method() === 'PUT') uploads += 1;
	});
	await chooseFiles(page, picturePdf());
	await page.getByText(/% smaller/).waitFor();
	await page.getByRole('spinbutton', { name: 'Quality' }).fill('30');
	await page.getByRole('button', { name: 'Run again with these options' }).click();
	await page.getByText('2 files').waitFor();
	await page
		.getByText(/% smaller/)
		.nth(1)
		.waitFor();
	const { body } = await call('GET', '/v1/jobs', { token: person.token });
	expect(body.data.map((job: { params: { quality: number } }) => job.params.quality)).toEqual([30, 70]);
	expect(uploads).toBe(1);
});

test('several files are taken home as one archive', async () => {
	const page = await visit({ path: COMPRESS, as: await newPerson() });
	await chooseFiles(page, [picturePdf('a.pdf'), picturePdf('b.pdf'), await textPdf('letter.pdf')]);
	const button = page.getByRole('button', { name: 'Download all 3' });
	await button.waitFor();
	await expectAccessible(page);
	await snap(page, 'tool-several');
	const downloading = page.waitForEvent('download');
	await button.click();
	const download = await downloading;
	expect(download.suggestedFilename()).toBe('creatorr Compress PDF.zip');
	await chooseFiles(page, await lockedPdf('sesame'));
	await workRow(page, 'secret.pdf').getByText('It has a password.').waitFor();
	await page.getByRole('button', { name: 'Clear what is done' }).click();
	// what can still be helped stays
	await page.getByRole('heading', { name: 'Your file', exact: true }).waitFor();
	await workRow(page, 'secret.pdf').waitFor();
});

test('of several files, those that are kept are taken home when another was deleted meanwhile', async () => {
	const person = await newPerson();
	const page = await visit({ path: COMPRESS, as: person });
	await chooseFiles(page, [picturePdf('a.pdf'), picturePdf('b.pdf')]);
	const button = page.getByRole('button', { name: 'Download all 2' });
	await button.waitFor();
	const { body } = await call('GET', '/v1/files', { token: person.token });
	const made: { id: string } = body.data.find(({ name }: { name: string }) => name === 'a.compressed.pdf');
	await call('DELETE', `/v1/files/${made.id}`, { token: person.token });
	const downloading = page.waitForEvent('download');
	await button.click();
	await downloading;
	await page.getByText('No longer kept, and left out: a.compressed.pdf.').waitFor();
	await workRow(page, 'a.pdf').getByText('The result is no longer kept.').waitFor();
});

test('a tool that is not there is not found', async () => {
	const page = await visit({ path: '/tools/no_such_tool' });
	await page.getByRole('heading', { name: 'Page not found' }).waitFor();
});
