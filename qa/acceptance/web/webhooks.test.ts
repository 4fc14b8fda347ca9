import { afterAll, expect, test } from '@jest/globals';
import { newPerson } from '../../driver/client.ts';
import { startHttpServer } from '../../driver/http-server.ts';
import { expectAccessible } from './support/accessible.ts';
import { useBrowser } from './support/browser.ts';
import { snap } from './support/snap.ts';

const { visit } = useBrowser();

const received: string[] = [];
const receiver = await startHttpServer((req, res) => {
	received.push(String(req.headers['webhook-id']));
	res.end('thanks');
});
const url = `${receiver.url}/hook`;
afterAll(receiver.stop);

test('an endpoint is added, tested, its delivery sent again, its secret rotated, and it is deleted', async () => {
	const page = await visit({ path: '/account/webhooks', as: await newPerson() });
	const button = (name: string | RegExp) => page.getByRole('button', { name });
	const secret = page.getByRole('dialog', { name: 'Signing secret' }).getByText(/^whsec_/);
	const closeSecret = () => page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();

	await button('Add endpoint').click();
	const dialog = page.getByRole('dialog', { name: 'Add endpoint' });
	await dialog.getByLabel('URL').fill('ftp://example.com');
	await dialog.getByRole('button', { name: 'Add endpoint' }).click();
	await dialog.getByText('Must start with https://.').waitFor();
	await dialog.getByLabel('URL').fill(url);
	await dialog.getByRole('button', { name: 'Add endpoint' }).click();
	const first = await secret.textContent();
	await closeSecret();

	await button(`Send test to ${url}`).click();
	await button('Show deliveries').click();
	await page.getByText('Delivered (200)').waitFor();
	await button(/^Details: webhook.test/).click();
	await page.getByText('thanks').waitFor();
	await expectAccessible(page);
	await snap(page, 'webhooks');
	await button(/^Send again: webhook.test/).click();
	await page.getByRole('list', { name: 'Attempts' }).getByRole('listitem').nth(1).waitFor();
	expect(received).toEqual([received[0], received[0]]);

	await button(`Rotate secret of ${url}`).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Rotate secret' }).click();
	expect(await secret.textContent()).not.toBe(first);
	await closeSecret();

	await button(`Disable ${url}`).click();
	await page.getByText('Disabled: by you').waitFor();
	await button(`Delete ${url}`).click();
	await button('Delete endpoint').click();
	await page.getByText('You have no endpoints yet.').waitFor();
});
