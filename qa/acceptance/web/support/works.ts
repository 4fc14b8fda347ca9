import type { Locator, Page } from 'playwright-core';
import type { Document } from './documents.ts';

/** Chooses files on a tool's page, as by its button; large ones by their paths. */
export async function chooseFiles(
	page: Page,
	files: Document | Document[] | string | string[],
): Promise<void> {
	await page.locator('input[type=file][multiple]').setInputFiles(files);
}

/** The row of one file on a tool's page. */
export function workRow(page: Page, name: string): Locator {
	return page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });
}
