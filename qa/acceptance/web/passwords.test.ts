import { describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { call, newEmail, newPerson, PASSWORD } from '../../driver/client.ts';
import { mailedToken, RESET, VERIFY } from '../../driver/mails.ts';
import { expectAccessible } from './support/accessible.ts';
import { useBrowser } from './support/browser.ts';
import { snap } from './support/snap.ts';

const NEW_PASSWORD = 'another battery staple';

const { visit } = useBrowser();

const submit = (page: Page, name: string) => page.getByRole('main').getByRole('button', { name }).click();
const loginStatus = async (email: string, password: string) =>
	(await call('POST', '/v1/auth/login', { body: { email, password } })).status;

describe('a forgotten password', () => {
	test('is reset with an email link, whose token leaves the address bar and survives a reload', async () => {
		const person = await newPerson();
		const page = await visit({ path: '/sign-in', device: 'phone' });
		await page.getByRole('link', { name: 'Forgot password?' }).click();
		await page.getByLabel('Email').fill(person.email);
		await snap(page, 'forgot-password');
		await submit(page, 'Send link');
		await page.getByText('Check your inbox').waitFor();
		await expectAccessible(page);
		await snap(page, 'forgot-password-sent');

		const token = await mailedToken(person.email, RESET);
		await page.goto(`/reset-password#token=${token}`);
		await page.waitForURL((url) => url.hash === '');
		await page.reload();
		await page.getByLabel('New password', { exact: true }).fill('short');
		await submit(page, 'Set password');
		await page.getByText('Must have at least 8 characters.').waitFor();
		await expectAccessible(page);
		await snap(page, 'reset-password');
		await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
		await submit(page, 'Set password');
		await page.getByText('Password set').waitFor();
		expect(await loginStatus(person.email, NEW_PASSWORD)).toBe(200);

		await page.getByRole('main').getByRole('link', { name: 'Sign in' }).first().click();
		await page.getByRole('heading', { name: 'Sign in' }).waitFor();
		await page.goto(`/reset-password#token=${token}`);
		await page.getByText('This link has expired or was already used').waitFor();
		expect(await page.getByLabel('New password', { exact: true }).count()).toBe(0);
		await snap(page, 'reset-password-used');
		await page.getByRole('link', { name: 'Request a new link' }).click();
		await page.getByRole('heading', { name: 'Forgot your password?' }).waitFor();
	});

	test('gets the same answer for an unknown email', async () => {
		const page = await visit({ path: '/forgot-password' });
		await page.getByLabel('Email').fill(newEmail());
		await submit(page, 'Send link');
		await page.getByText('Check your inbox').waitFor();
	});

	test('can’t be reset without a link', async () => {
		const page = await visit({ path: '/reset-password', theme: 'dark' });
		await page.getByText('This link is incomplete').waitFor();
	});

	test('reset signs out this browser, too', async () => {
		const person = await newPerson();
		await call('POST', '/v1/auth/password/forgot', { body: { email: person.email } });
		const token = await mailedToken(person.email, RESET);
		const page = await visit({ path: `/reset-password#token=${token}`, as: person });
		await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
		await submit(page, 'Set password');
		await page.getByText('Password set').waitFor();
		await page.getByRole('main').getByRole('link', { name: 'Sign in' }).first().click();
		await page.getByRole('heading', { name: 'Sign in' }).waitFor();
	});
});

test('resetting another account’s password does not sign out this one', async () => {
	const [person, other] = [await newPerson(), await newPerson()];
	await call('POST', '/v1/auth/password/forgot', { body: { email: other.email } });
	const token = await mailedToken(other.email, RESET);
	const page = await visit({ path: `/reset-password#token=${token}`, as: person });
	await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
	await submit(page, 'Set password');
	await page.getByText('Password set').waitFor();
	await page.goto('/account');
	await page.getByRole('main').getByText(person.email, { exact: true }).waitFor();
});

describe('an email address', () => {
	test('is verified with an email link, and the account page says so', async () => {
		const person = await newPerson();
		const page = await visit({ path: '/account', as: person });
		await page.getByText('Verify your email address').waitFor();
		await page.getByRole('button', { name: 'Resend email' }).click();
		await page.getByText('Email sent').waitFor();
		const token = await mailedToken(person.email, VERIFY, 2);
		await page.goto(`/verify-email#token=${token}`);
		await page.getByText('Email address verified').waitFor();
		expect(new URL(page.url()).hash).toBe('');
		await expectAccessible(page);
		await snap(page, 'verify-email');
		await page.getByRole('link', { name: 'Go to your account' }).click();
		await page.getByRole('heading', { name: 'Plan' }).waitFor();
		await page.getByText('Verify your email address').waitFor({ state: 'detached' });
	});

	test('is not verified twice with one link', async () => {
		const person = await newPerson();
		const token = await mailedToken(person.email, VERIFY);
		await call('POST', '/v1/auth/verify', { token: person.token, body: { token } });
		const page = await visit({ path: `/verify-email#token=${token}` });
		await page.getByText('This link has expired or was already used').waitFor();
		await expectAccessible(page);
	});

	test('is verified with the password when nobody is signed in', async () => {
		const person = await newPerson();
		const token = await mailedToken(person.email, VERIFY);
		const page = await visit({ path: `/verify-email#token=${token}` });
		await page.getByRole('link', { name: 'Set a new one' }).waitFor();
		await page.getByLabel('Password', { exact: true }).fill('not the password');
		await submit(page, 'Verify');
		await page.getByText('Incorrect password').waitFor();
		await expectAccessible(page);
		await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
		await submit(page, 'Verify');
		await page.getByText('Email address verified').waitFor();
	});

	test('can’t be verified without a link', async () => {
		const page = await visit({ path: '/verify-email' });
		await page.getByText('This link is incomplete').waitFor();
	});
});

test('a new password shows its strength, and a weak one is rejected with advice', async () => {
	const page = await visit({ path: '/sign-up' });
	await page.getByLabel('Email', { exact: true }).fill('ada.lovelace@example.com');
	const password = page.getByLabel('Password', { exact: true });
	for (const weak of ['iloveyou2', 'ada.lovelace1']) {
		await password.fill(weak);
		await page.getByText('Too easy to guess').waitFor();
		await password.fill('tulip anchor velvet');
		await page.getByText('Strong').waitFor();
	}
	await password.fill('iloveyou2');
	await page.getByText('Too easy to guess').waitFor();
	await expectAccessible(page);
	await submit(page, 'Create account');
	await page.getByText('This password is too easy to guess').waitFor();
});

test('changing the password ends the other sessions', async () => {
	const person = await newPerson();
	const other = await call('POST', '/v1/auth/login', { body: { email: person.email, password: PASSWORD } });
	const page = await visit({ path: '/account', as: person });
	const current = page.getByLabel('Current password', { exact: true });
	await current.fill('not the password');
	await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
	await submit(page, 'Change password');
	await page.getByText('Incorrect password.').waitFor();
	expect(await current.evaluate((input) => input === document.activeElement)).toBe(true);
	await current.fill(PASSWORD);
	await submit(page, 'Change password');
	await page.getByText('Password changed.').waitFor();
	expect(await current.inputValue()).toBe('');
	const token = other.body.data.token;
	expect((await call('GET', '/v1/me', { token })).status).toBe(401);
	expect((await call('GET', '/v1/me', { token: person.token })).status).toBe(200);
	expect(await loginStatus(person.email, PASSWORD)).toBe(401);
	expect(await loginStatus(person.email, NEW_PASSWORD)).toBe(200);
});
