import type { Locator, Page } from 'playwright-core';
import { call, type Person } from '../../../driver/client.ts';

/** The dialog that asks to sign in again after the session has expired. */
export const signInAgainDialog = (page: Page): Locator => page.getByRole('dialog', { name: 'Sign in again' });

/** Ends the session elsewhere, and waits until the account page notices. */
export async function endSession(page: Page, person: Person): Promise<void> {
	const asks = page.getByRole('button', { name: 'Sign out everywhere' });
	await asks.waitFor();
	await call('POST', '/v1/auth/logout', { token: person.token });
	await asks.click();
	await signInAgainDialog(page).waitFor();
}
