import { describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { call, newEmail, newPerson, PASSWORD } from '../../driver/client.ts';
import { eventually } from '../../driver/processes.ts';
import { expectAccessible } from './support/accessible.ts';
import { useBrowser } from './support/browser.ts';
import { snap } from './support/snap.ts';

const { visit } = useBrowser();

const submit = (page: Page, name: string) => page.getByRole('main').getByRole('button', { name }).click();
const account = (page: Page) => page.getByRole('button', { name: 'Your account' });

async function fillIn(page: Page, email: string, password: string): Promise<void> {
	await page.getByLabel('Email').fill(email);
	await page.getByLabel('Password', { exact: true }).fill(password);
}

describe('sign-up', () => {
	test('creates an account, signs in, and continues at the page that asked for it', async () => {
		const page = await visit({ path: '/account' });
		await page.getByRole('link', { name: 'Create an account' }).click();
		await page.getByRole('heading', { name: 'Create an account' }).waitFor();
		await snap(page, 'sign-up');
		const email = newEmail();
		await fillIn(page, email, PASSWORD);
		await page.getByLabel('Name (optional)').fill('Ada');
		await submit(page, 'Create account');
		await page.waitForURL('**/account');
		await page.getByRole('heading', { name: 'Ada', level: 1 }).waitFor();
		expect((await call('POST', '/v1/auth/login', { body: { email, password: PASSWORD } })).status).toBe(200);
	});

	test('shows the API’s errors at their fields, and keeps the input', async () => {
		const page = await visit({ path: '/sign-up', device: 'phone', theme: 'dark' });
		await fillIn(page, 'nobody', 'short');
		await submit(page, 'Create account');
		await page.getByText('Must be an email address.').waitFor();
		await page.getByText('Must have at least 8 characters.').waitFor();
		const email = page.getByLabel('Email');
		expect(await email.getAttribute('aria-invalid')).toBe('true');
		expect(await email.evaluate((input) => input === document.activeElement)).toBe(true);
		expect(await email.inputValue()).toBe('nobody');
		await expectAccessible(page);
		await snap(page, 'sign-up-refused');
		await email.fill('nobody@example.com');
		expect(await page.getByText('Must be an email address.').count()).toBe(0);
	});

	test('asks for missing fields without a request', async () => {
		const page = await visit({ path: '/sign-up' });
		let requests = 0;
		page.on('request', (request) => {
			if (request.url().includes('/v1/auth')) requests += 1;
		});
		await submit(page, 'Create account');
		await page.getByText('This field is required.').first().waitFor();
		expect([await page.getByText('This field is required.').count(), requests]).toEqual([2, 0]);
	});

	test('says that the email is taken', async () => {
		const person = await newPerson();
		const page = await visit({ path: '/sign-up' });
		await fillIn(page, person.email, PASSWORD);
		await submit(page, 'Create account');
		await page.getByText('An account with this email already exists').waitFor();
	});
});

describe('sign-in', () => {
	test('continues at the page that asked for it, and survives a reload', async () => {
		const person = await newPerson();
		const page = await visit({ path: '/account?checkout=canceled', device: 'phone' });
		await page.getByRole('heading', { name: 'Sign in' }).waitFor();
		await snap(page, 'sign-in');
		await fillIn(page, person.email, PASSWORD);
		await submit(page, 'Sign in');
		await page.waitForURL('**/account?checkout=canceled');
		await page.reload();
		await account(page).waitFor();
	});

	// the unit tests of next-path.ts try many other paths
	test('goes home instead of to another site', async () => {
		const person = await newPerson();
		const next = '//example.com/account';
		const page = await visit({ path: `/sign-in?${new URLSearchParams({ next })}` });
		await fillIn(page, person.email, PASSWORD);
		await submit(page, 'Sign in');
		await account(page).waitFor();
		expect(new URL(page.url()).pathname).toBe('/');
	});

	test('says that email or password is wrong, and can show the password', async () => {
		const page = await visit({ path: '/sign-in' });
		await fillIn(page, newEmail(), 'not the password');
		await submit(page, 'Sign in');
		await page.getByRole('alert').getByText('Incorrect email or password.').waitFor();
		const password = page.getByLabel('Password', { exact: true });
		expect([await password.inputValue(), await password.getAttribute('type')]).toEqual([
			'not the password',
			'password',
		]);
		await page.getByRole('button', { name: 'Show password' }).click();
		expect(await password.getAttribute('type')).toBe('text');
		await expectAccessible(page);
		await snap(page, 'sign-in-refused');
	});

	test('counts down after a 429, then signs in', async () => {
		const person = await newPerson();
		const page = await visit();
		await page.clock.install();
		await page.goto('/sign-in');
		const error = { code: 'rate_limited', message: 'too many requests', request_id: 'req_test' };
		await page.route(
			'**/v1/auth/login',
			(route) => route.fulfill({ status: 429, headers: { 'retry-after': '30' }, json: { error } }),
			{ times: 1 },
		);
		await fillIn(page, person.email, PASSWORD);
		await submit(page, 'Sign in');
		await page.getByRole('button', { name: /^Try again in \d+ s$/ }).waitFor();
		await page.getByText('Too many attempts').waitFor();
		await snap(page, 'sign-in-slowed');
		await page.clock.fastForward('00:31');
		await page.getByRole('main').getByRole('button', { name: 'Sign in' }).waitFor();
		await submit(page, 'Sign in');
		await account(page).waitFor();
	});

	test('in one tab signs in the others, and so does signing out', async () => {
		const person = await newPerson();
		const page = await visit({ path: '/sign-in' });
		const other = await page.context().newPage();
		await other.goto('/');
		await fillIn(page, person.email, PASSWORD);
		await submit(page, 'Sign in');
		await account(other).click();
		await other.getByRole('button', { name: 'Sign out' }).click();
		await page.getByRole('link', { name: 'Sign in' }).waitFor();
	});
});

describe('sign-out', () => {
	test('ends the session in the API, and leaves pages that need a user', async () => {
		const person = await newPerson();
		const page = await visit({ path: '/account', as: person });
		await account(page).click();
		await page.getByText('Free plan').waitFor();
		await expectAccessible(page);
		await snap(page, 'account-menu');
		await page.getByRole('button', { name: 'Sign out', exact: true }).click();
		await page.getByRole('link', { name: 'Sign in' }).waitFor();
		expect(new URL(page.url()).pathname).toBe('/');
		const isEnded = async () => (await call('GET', '/v1/me', { token: person.token })).status === 401;
		await eventually(isEnded, 10_000, 'the session goes on');
	});

	test('ends the session in this browser even if the API can’t be reached', async () => {
		const page = await visit({ path: '/account', as: await newPerson() });
		await page.route('**/v1/auth/logout', (route) => route.abort());
		await account(page).click();
		await page.getByRole('button', { name: 'Sign out', exact: true }).click();
		await page.getByText('You’re signed out in this browser, but our server didn’t confirm it.').waitFor();
		await page.reload();
		await page.getByRole('link', { name: 'Sign in' }).waitFor();
	});
});
