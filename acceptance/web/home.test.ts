import { expect, test } from '@jest/globals';
import { call } from '../support/client.ts';
import { expectAccessible } from './support/accessible.ts';
import { useBrowser } from './support/browser.ts';
import { snap } from './support/snap.ts';

const { visit } = useBrowser();

test('home shows the tools that the API has', async () => {
	const { body } = await call('GET', '/v1/tools');
	const page = await visit();
	await page.getByRole('heading', { level: 2 }).first().waitFor();
	const shown = await page.getByRole('heading', { level: 2 }).allTextContents();
	expect(shown).toEqual(body.data.map((tool: { title: string }) => tool.title));
	await expectAccessible(page);
	await snap(page, 'home');
});
