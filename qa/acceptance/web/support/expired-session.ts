import type { Locator, Page } from 'playwright-core';
import { call, type Person } from '../../../driver/client.ts';

/** What asks whoever's session has ended to sign in again. */
export const signInAgainDialog = (page: Page): Locator =>
	page.getByRole('dialog', { name: 'Please sign in again' });

/** Signs the person out elsewhere, and has their account page find out. */
export async function endSession(page: Page, person: Person): Promise<void> {
	const asks = page.getByRole('button', { name: 'Sign out everywhere' });
	await asks.waitFor();
	await call('POST', '/v1/auth/logout', { token: person.token });
	await asks.click();
	await signInAgainDialog(page).waitFor();
}
