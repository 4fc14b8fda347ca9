import { slice } from '@creatorr/testing/slice';
import { expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { profileOf } from './browser.ts';
import { findViolations, THEMES } from './violations.ts';

/** Fails when axe finds anything on the page as it is now, in either theme, or with TEST_SEED in one theme for each test file. */
export async function expectAccessible(page: Page): Promise<void> {
	expect(await findViolations(page, profileOf(page).theme, slice(THEMES, 1))).toEqual([]);
}
