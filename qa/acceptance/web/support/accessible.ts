import { expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { profileOf } from './browser.ts';
import { findViolations } from './violations.ts';

/** Fails when axe finds anything on the page as it is now, in either theme. */
export async function expectAccessible(page: Page): Promise<void> {
	expect(await findViolations(page, profileOf(page).theme)).toEqual([]);
}
