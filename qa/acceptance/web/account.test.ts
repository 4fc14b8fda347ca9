/** @slice 5 */

import { describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { call, newPerson, PASSWORD, type Person } from '../../driver/client.ts';
import { queryDatabase } from '../../driver/database.ts';
import { startJob, uploadFile } from '../../driver/flow.ts';
import { controlStripe, localStripe } from '../../driver/local-stripe.ts';
import { makePdf } from '../../driver/pdf.ts';
import { eventually } from '../../driver/processes.ts';
import { expectAccessible } from './support/accessible.ts';
import { useBrowser } from './support/browser.ts';
import { snap } from './support/snap.ts';

const { visit } = useBrowser();

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0';

const signInWith = async ({ email }: Person, userAgent: string): Promise<string> =>
	(
		await call('POST', '/v1/auth/login', {
			body: { email, password: PASSWORD },
			headers: { 'user-agent': userAgent },
		})
	).body.data.token;
const statusOf = async (token: string) => (await call('GET', '/v1/me', { token })).status;

/** Goes from the account page to Stripe's page. */
async function openStripe(page: Page, button: string): Promise<void> {
	await page.getByRole('button', { name: button }).click();
	const { api_base } = await localStripe();
	await page.waitForURL((url) => url.href.startsWith(api_base));
}

/** Waits until billing has read the user's customer, as it does when a checkout opens. Later it would see the payment. */
async function waitForSync({ id }: Person): Promise<void> {
	const text = `SELECT 1 FROM customers WHERE user_id = $1 AND (sync_at IS NULL OR sync_at > now())`;
	const isSynced = async () => (await queryDatabase('billing', text, [id])).length === 1;
	await eventually(isSynced, 30_000, 'billing has not read the customer');
}

describe('the plan', () => {
	test('is bought and canceled on Stripe’s pages', async () => {
		const person = await newPerson();
		const page = await visit({ path: '/account', as: person });
		await openStripe(page, 'Upgrade for $90 a year');
		await page.getByRole('link', { name: 'Cancel' }).click();
		await page.getByText('Checkout canceled').waitFor();
		await expectAccessible(page);
		await page.getByRole('button', { name: 'Got it' }).click();
		await page.getByText('Checkout canceled').waitFor({ state: 'detached' });
		expect(new URL(page.url()).search).toBe('');

		await openStripe(page, 'Upgrade for $90 a year');
		await page.getByRole('button', { name: 'Subscribe' }).click();
		await page.getByText('You’re on Pro').waitFor();
		await page.getByText('Pro, billed yearly').waitFor();
		await page.getByText(/^Renews on /).waitFor();
		await expectAccessible(page);
		await snap(page, 'account-pro');
		await page.getByRole('button', { name: 'Your account' }).click();
		await page.getByText('Pro plan').waitFor();

		await openStripe(page, 'Manage subscription');
		await page.getByRole('button', { name: 'Cancel at the end of the period' }).click();
		await page.getByRole('link', { name: 'Back' }).click();
		await page.getByText(/^Ends on .* After that, you’re on Free/).waitFor();
	});

	test('shows that a payment is pending until the webhook arrives', async () => {
		const person = await newPerson();
		const page = await visit({ path: '/account', as: person });
		await openStripe(page, 'Upgrade for $9 a month');
		await waitForSync(person);
		await controlStripe('/switches', { webhooks: { paused: true } });
		try {
			await page.getByRole('button', { name: 'Subscribe' }).click();
			await page.getByText('Waiting for confirmation').waitFor();
			await snap(page, 'account-waits-for-stripe');
		} finally {
			await controlStripe('/switches', { webhooks: { paused: false } });
		}
		await page.getByText('You’re on Pro').waitFor();
	});

	test('is shown without a payment even after a return from checkout', async () => {
		const page = await visit({ as: await newPerson() });
		await page.clock.install();
		await page.goto('/account?checkout=done');
		await page.getByText('Waiting for confirmation').waitFor();
		await page.clock.fastForward('00:31');
		await page.getByText('This is taking longer than usual').waitFor();
		await page.getByRole('button', { name: 'Got it' }).click();
		await page.getByRole('button', { name: 'Upgrade for $9 a month' }).waitFor();
		expect(new URL(page.url()).search).toBe('');
	});

	test('stays pending until the user’s plan follows the subscription', async () => {
		const page = await visit({ path: '/account', as: await newPerson() });
		await openStripe(page, 'Upgrade for $9 a month');
		let isLate = true;
		await page.route('**/v1/me', async (route) => {
			const response = await route.fetch();
			const { data } = await response.json();
			await route.fulfill({
				response: response,
				json: { data: { ...data, plan: isLate ? 'free' : data.plan } },
			});
		});
		await page.getByRole('button', { name: 'Subscribe' }).click();
		await page.getByText('Pro, billed monthly').waitFor();
		await page.getByText('Waiting for confirmation').waitFor();
		isLate = false;
		await page.getByText('You’re on Pro').waitFor();
		await page.unrouteAll({ behavior: 'wait' });
	});

	test('is not bought twice when another tab has bought it', async () => {
		const person = await newPerson();
		const page = await visit({ path: '/account', as: person });
		await page.getByRole('button', { name: 'Upgrade for $9 a month' }).waitFor();
		await page.route('**/v1/billing', (route) => route.abort());
		const other = await page.context().newPage();
		await other.goto('/account');
		await openStripe(other, 'Upgrade for $9 a month');
		await other.getByRole('button', { name: 'Subscribe' }).click();
		await other.getByText('You’re on Pro').waitFor();
		await page.getByRole('button', { name: 'Upgrade for $9 a month' }).click();
		await page.getByText('You already have a subscription.').waitFor();
		await page.unroute('**/v1/billing');
		await page.getByRole('button', { name: 'Manage subscription' }).waitFor();
	});
});

test('usage is shown as the API counts it', async () => {
	const person = await newPerson();
	const pdf = makePdf();
	await startJob(person.token, await uploadFile(person.token, pdf));
	const { data } = (await call('GET', '/v1/usage', { token: person.token })).body;
	const storage = data.limits.find(({ name }: { name: string }) => name === 'stored_bytes');
	const page = await visit({ path: '/account', as: person, device: 'phone', theme: 'dark' });
	const meter = page.getByRole('meter', { name: 'Storage' });
	const value = Number(await meter.getAttribute('value'));
	expect(value).toBeGreaterThanOrEqual(pdf.length / storage.limit);
	await page.getByText('of 50 GB').waitFor();
	await expectAccessible(page);
	await snap(page, 'account');
});

describe('sessions', () => {
	test('are listed and ended one by one', async () => {
		const person = await newPerson();
		const other = await signInWith(person, FIREFOX);
		const page = await visit({ path: '/account', as: person });
		await page.getByText('Firefox on Windows').waitFor();
		expect(await page.getByText('This device').count()).toBe(1);
		await page.getByRole('button', { name: /^Sign out: Firefox on Windows/ }).click();
		await page.getByText('That device was signed out.').waitFor();
		expect(await page.getByText('Firefox on Windows').count()).toBe(0);
		expect([await statusOf(other), await statusOf(person.token)]).toEqual([401, 200]);
	});

	test('are ended all at once, with the current one', async () => {
		const person = await newPerson();
		const other = await signInWith(person, 'curl/8.14.1');
		const page = await visit({ path: '/account', as: person });
		await page.getByRole('button', { name: 'Sign out everywhere' }).click();
		await page.getByText('You’re signed out everywhere.').waitFor();
		await page.getByRole('link', { name: 'Sign in' }).waitFor();
		expect([await statusOf(other), await statusOf(person.token)]).toEqual([401, 401]);
	});
});

describe('account deletion', () => {
	test('needs the confirmation word and the password', async () => {
		const person = await newPerson();
		const page = await visit({ path: '/account', as: person, device: 'phone' });
		const open = page.getByRole('button', { name: 'Delete account…' });
		const dialog = page.getByRole('dialog', { name: 'Delete your account?' });
		const submit = dialog.getByRole('button', { name: 'Delete permanently' });
		await open.click();
		await page.keyboard.press('Escape');
		await dialog.waitFor({ state: 'detached' });
		expect(await open.evaluate((button) => button === document.activeElement)).toBe(true);

		await open.click();
		await dialog.getByLabel('Type delete').fill('yes');
		await dialog.getByLabel('Password', { exact: true }).fill('not the password');
		await submit.click();
		await dialog.getByText('Type “delete” to confirm.').waitFor();
		await dialog.getByLabel('Type delete').fill('Delete');
		await submit.click();
		await dialog.getByText('Incorrect password.').waitFor();
		await expectAccessible(page);
		await snap(page, 'account-delete');
		expect(await statusOf(person.token)).toBe(200);

		await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
		await submit.click();
		await page.getByText('Account deleted.').waitFor();
		await page.getByRole('link', { name: 'Sign in' }).waitFor();
		expect(await statusOf(person.token)).toBe(401);
	});
});
