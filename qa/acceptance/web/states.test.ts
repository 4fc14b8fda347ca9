/** @slice 6 */

import { describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { newPerson, PASSWORD, type Person } from '../../driver/client.ts';
import { expectAccessible } from './support/accessible.ts';
import { tolerate, useBrowser } from './support/browser.ts';
import { endSession, signInAgainDialog } from './support/expired-session.ts';
import { snap } from './support/snap.ts';

const { visit } = useBrowser();

const UNAVAILABLE = {
	error: {
		code: 'upstream_unavailable',
		message: 'The jobs service is temporarily unavailable. Try again in a moment.',
		request_id: 'req_test',
	},
};

const kindOfSession = (page: Page) =>
	page.evaluate(() => JSON.parse(localStorage.getItem('creatorr.session') ?? '{}').kind);

async function signInAgain(page: Page, person: Person): Promise<void> {
	await signInAgainDialog(page).getByLabel('Email').fill(person.email);
	await signInAgainDialog(page).getByLabel('Password', { exact: true }).fill(PASSWORD);
	await signInAgainDialog(page).getByRole('button', { name: 'Sign in' }).click();
	await signInAgainDialog(page).waitFor({ state: 'detached' });
}

describe('an expired session', () => {
	test('is renewed in a dialog, and the page keeps its input', async () => {
		const person = await newPerson();
		const page = await visit({ path: '/account', as: person });
		await page.getByLabel('New password', { exact: true }).fill('typed before');
		await endSession(page, person);
		expect(await signInAgainDialog(page).getByLabel('Email').inputValue()).toBe(person.email);
		const password = signInAgainDialog(page).getByLabel('Password', { exact: true });
		expect(await password.evaluate((input) => input === document.activeElement)).toBe(true);
		await expectAccessible(page);
		await snap(page, 'session-expired');
		await signInAgain(page, person);
		expect(await page.getByLabel('New password', { exact: true }).inputValue()).toBe('typed before');
		expect(await kindOfSession(page)).toBe('in');
	});

	test('can be renewed later, also after a reload', async () => {
		const person = await newPerson();
		const page = await visit({ path: '/account', as: person, device: 'phone', theme: 'dark' });
		await endSession(page, person);
		await page.keyboard.press('Escape');
		await page.getByText(`You were signed out, ${person.email}.`).waitFor();
		await expectAccessible(page);
		await snap(page, 'session-put-off');
		await page.reload();
		await signInAgainDialog(page).waitFor();
		await signInAgainDialog(page).getByRole('button', { name: 'Close' }).click();
		await page.getByRole('button', { name: 'Sign in again' }).click();
		await signInAgain(page, person);
		await page.getByRole('button', { name: 'Sign out everywhere' }).waitFor();
	});

	test('renewed by another user shows that user’s data, and says so', async () => {
		const [person, other] = [await newPerson(), await newPerson()];
		const page = await visit({ path: '/account', as: person });
		await endSession(page, person);
		await signInAgain(page, other);
		await page.getByText(`You’re now signed in as ${other.email}.`).waitFor();
		await page.getByRole('main').getByText(other.email, { exact: true }).waitFor();
		expect(await page.getByRole('main').getByText(person.email, { exact: true }).count()).toBe(0);
	});

	test('can be left', async () => {
		const person = await newPerson();
		const page = await visit({ path: '/account', as: person });
		await endSession(page, person);
		await signInAgainDialog(page).getByRole('button', { name: 'Use another account' }).click();
		await page.getByRole('link', { name: 'Sign in' }).waitFor();
		expect(await kindOfSession(page)).toBeUndefined();
	});

	test('does not expire again when an old token is refused late', async () => {
		const person = await newPerson();
		const page = await visit({ as: person });
		let release = (): void => undefined;
		const held = new Promise<void>((resolve) => {
			release = resolve;
		});
		await page.route('**/v1/usage', async (route) => {
			await held;
			await route.continue();
		});
		await page.goto('/account');
		await endSession(page, person);
		await signInAgain(page, person);
		const late = page.waitForResponse(
			(response) => response.url().endsWith('/v1/usage') && response.status() === 401,
		);
		release();
		await late;
		await page.unroute('**/v1/usage');
		await page.getByRole('meter', { name: 'Storage' }).waitFor();
		expect([await kindOfSession(page), await signInAgainDialog(page).count()]).toEqual(['in', 0]);
	});
});

describe('offline', () => {
	test('the page says so, and continues when the network is back', async () => {
		const page = await visit({ as: await newPerson(), device: 'phone' });
		await page.context().setOffline(true);
		await page.getByText('You’re offline.').waitFor();
		await expectAccessible(page);
		await snap(page, 'offline');
		await page.getByRole('link', { name: 'History' }).click();
		await page.getByRole('heading', { name: 'You’re offline' }).waitFor();
		await page.context().setOffline(false);
		await page.getByText('You’re offline.').waitFor({ state: 'detached' });
		await page.getByRole('button', { name: 'Reload page' }).click();
		await page.getByText('No jobs yet').waitFor();
	});

	test('a form says so, and keeps its input', async () => {
		const page = await visit({ path: '/sign-in' });
		await page.context().setOffline(true);
		await page.getByLabel('Email').fill('ada@example.com');
		await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
		await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
		await page.getByText('You’re offline. Try again when you’re back online.').waitFor();
		expect(await page.getByLabel('Email').inputValue()).toBe('ada@example.com');
	});
});

describe('an API outage', () => {
	test('is shown once, and failed requests are repeated after it', async () => {
		const page = await visit({ as: await newPerson(), tolerated: [/answered 503/] });
		const unavailable = { status: 503, json: UNAVAILABLE, headers: { 'retry-after': '1' } };
		await page.route(/\/v1\/(jobs|health)/, (route) => route.fulfill(unavailable));
		await page.getByRole('link', { name: 'History' }).click();
		await page.getByText('creatorr is temporarily unavailable. We’ll keep trying.').waitFor();
		await page.getByText('Couldn’t load your history').waitFor();
		await expectAccessible(page);
		await snap(page, 'api-away');
		await page.unroute(/\/v1\/(jobs|health)/);
		await page.getByText('No jobs yet').waitFor();
		expect(await page.getByText('We’ll keep trying').count()).toBe(0);
	});
});

describe('a page that fails', () => {
	test('to load because a new release replaced it asks for a reload', async () => {
		const page = await visit({ as: await newPerson(), tolerated: [/Failed to fetch dynamically/] });
		await page.route('**/assets/history-page-*.js', (route) => route.fulfill({ status: 404, json: {} }));
		await page.getByRole('link', { name: 'History' }).click();
		await page.getByRole('heading', { name: 'A new version of creatorr is available' }).waitFor();
		await expectAccessible(page);
		await snap(page, 'new-version');
		await page.unroute('**/assets/history-page-*.js');
		await page.getByRole('button', { name: 'Reload page' }).click();
		await page.getByText('No jobs yet').waitFor();
	});

	test('to render keeps the navigation', async () => {
		const page = await visit({ as: await newPerson() });
		tolerate(page, /console|uncaught/);
		// the client does not check times
		const job = {
			id: 'job_1',
			tool: 'ocr',
			status: 'queued',
			progress: 0,
			input_file_id: 'fil_1',
			params: {},
			created_at: 'now',
		};
		await page.route('**/v1/jobs?*', (route) => route.fulfill({ json: { data: [job], next_cursor: null } }));
		await page.getByRole('link', { name: 'History' }).click();
		await page.getByRole('heading', { name: 'Something went wrong' }).waitFor();
		await expectAccessible(page);
		await snap(page, 'page-broke');
		await page.getByRole('main').getByRole('link', { name: 'Go to tools' }).click();
		await page.getByRole('heading', { name: 'Compress PDF' }).waitFor();
	});
});
