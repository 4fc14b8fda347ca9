import { describe, expect, test } from '@jest/globals';
import { call, newPerson } from '../../driver/client.ts';
import { expectAccessible } from './support/accessible.ts';
import { useBrowser } from './support/browser.ts';
import { docx, picturePdf } from './support/documents.ts';
import { dropFiles } from './support/drop.ts';
import { snap } from './support/snap.ts';
import { chooseFiles, uploadRow } from './support/uploads.ts';

const { visit } = useBrowser();

/** A text of each page that is linked below every page, which only the loaded page shows. */
const CONTENTS: Readonly<Record<string, string>> = {
	'/pricing': 'What each plan includes',
	'/docs': 'Compress your first PDF',
	'/status': 'Accounts and sign-in',
	'/terms': 'Who provides the service',
	'/privacy': 'Who is responsible',
};

test('shows the API’s tools', async () => {
	const { body } = await call('GET', '/v1/tools');
	const page = await visit();
	await page.getByRole('heading', { level: 2 }).first().waitFor();
	const shown = await page.getByRole('heading', { level: 2 }).allTextContents();
	expect(shown).toEqual(body.data.map((tool: { title: string }) => tool.title));
	await snap(page, 'home');
});

test('links pages below every page, which the gateway serves', async () => {
	const page = await visit();
	const links = page.getByRole('navigation', { name: 'About creatorr' }).getByRole('link');
	await links.first().waitFor();
	const paths = await links.evaluateAll((found) => found.map((link) => link.getAttribute('href') ?? ''));
	expect(paths).toEqual(['/pricing', '/docs', '/status', '/terms', '/privacy']);
	for (const path of paths) {
		expect((await page.goto(path))?.status()).toBe(200);
		await page
			.locator('main')
			.getByText(CONTENTS[path] ?? '')
			.first()
			.waitFor();
	}
});

describe('a file on the home page', () => {
	test('goes to the tool that the user picks', async () => {
		const page = await visit({ as: await newPerson() });
		await page.getByRole('button', { name: 'Choose files' }).waitFor();
		await dropFiles(page.getByRole('heading', { level: 1 }), [picturePdf('holiday.pdf')]);
		const dialog = page.getByRole('dialog', { name: 'What do you want to do with holiday.pdf?' });
		await dialog.waitFor();
		// only tools that accept a PDF
		expect(await dialog.getByRole('listitem').count()).toBe(2);
		await expectAccessible(page);
		await snap(page, 'home-pick');
		await dialog.getByRole('button', { name: /^Compress PDF/ }).click();
		await uploadRow(page, 'holiday.pdf').waitFor();
		expect(new URL(page.url()).pathname).toBe('/tools/compress_heavy');
	});

	test('goes straight to the only tool that accepts it', async () => {
		const page = await visit({ as: await newPerson() });
		await chooseFiles(page, docx());
		await uploadRow(page, 'report.docx').waitFor();
		expect(new URL(page.url()).pathname).toBe('/tools/office_to_pdf');
	});

	test('is rejected when no tool accepts it', async () => {
		const page = await visit();
		await chooseFiles(page, { name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.from('no film') });
		await page.getByText('No tool accepts film.mp4').waitFor();
		await expectAccessible(page);
	});
});
