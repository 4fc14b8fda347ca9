import { expect, test } from '@jest/globals';
import { call, newPerson } from '../../driver/client.ts';
import { expectAccessible } from './support/accessible.ts';
import { useBrowser } from './support/browser.ts';
import { snap } from './support/snap.ts';

const { visit } = useBrowser();

const statusOf = async (token: string, path: string) => (await call('GET', path, { token })).status;

test('a key is created with scopes, shown once, changed, replaced and revoked', async () => {
	const person = await newPerson();
	const page = await visit({ path: '/account', as: person });
	await page.getByRole('link', { name: 'Manage API keys' }).click();
	await page.getByRole('heading', { name: 'API keys', level: 1 }).waitFor();

	await page.getByRole('button', { name: 'Create an API key' }).click();
	await page.getByRole('button', { name: 'Create key' }).click();
	await page.getByText('This field is required.').waitFor();
	await page.getByLabel('Name').fill('Build server');
	await page.getByRole('checkbox', { name: /files:write/ }).uncheck();
	await page.getByLabel('Expires').selectOption({ label: 'In 90 days' });
	await expectAccessible(page);
	await snap(page, 'api-key-create');
	await page.getByRole('button', { name: 'Create key' }).click();

	const shown = page.getByRole('dialog', { name: 'Copy your key now' }).locator('code');
	const key = (await shown.textContent()) ?? '';
	expect(key).toMatch(/^ctr_live_\w{36}$/);
	await expectAccessible(page);
	await snap(page, 'api-key-created');
	await page.getByRole('button', { name: 'Done' }).click();
	expect([await statusOf(key, '/v1/files'), await statusOf(key, '/v1/usage')]).toEqual([200, 403]);

	const row = page.getByRole('article', { name: 'Build server' });
	await row.getByText('never used').waitFor();
	await row.getByText(/expires/).waitFor();
	expect(await page.content()).not.toContain(key);
	await expectAccessible(page);
	await snap(page, 'api-keys');

	await row.getByRole('button', { name: 'Edit Build server' }).click();
	await page.getByRole('checkbox', { name: /OCR/ }).check();
	await page.getByLabel('IP addresses').fill('nowhere');
	await page.getByLabel('Notes').fill('team=web');
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText(/Line 1 must be an IP address/).waitFor();
	await expectAccessible(page);
	await snap(page, 'api-key-edit');
	await page.getByLabel('IP addresses').fill('');
	await page.getByRole('button', { name: 'Save' }).click();
	await row.getByText(/only ocr/).waitFor();
	await row.getByText('team=web').waitFor();

	await row.getByRole('button', { name: 'Rotate Build server' }).click();
	await page.getByLabel('The old key works').selectOption({ label: 'No longer' });
	await page.getByRole('button', { name: 'Rotate key' }).click();
	const replacement = (await shown.textContent()) ?? '';
	await page.getByRole('button', { name: 'Done' }).click();
	expect([await statusOf(key, '/v1/me'), await statusOf(replacement, '/v1/me')]).toEqual([401, 200]);

	await page.getByRole('button', { name: 'Revoke Build server' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
	await page.getByText('“Build server” was revoked.').waitFor();
	expect(await statusOf(replacement, '/v1/me')).toBe(401);
});
