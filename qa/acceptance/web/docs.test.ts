/** @slice 6 */

import { describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { call } from '../../driver/client.ts';
import { openApiDocument, routesOf } from '../../driver/openapi.ts';
import { expectAccessible } from './support/accessible.ts';
import { tolerate, useBrowser } from './support/browser.ts';
import { snap } from './support/snap.ts';

const { visit } = useBrowser();

/** Waits for the reference, which is rendered after the guide. */
const ready = (page: Page) => page.locator('#createJob').getByRole('heading', { level: 3 }).waitFor();

/** Only Stripe calls it. */
const WEBHOOK = '/v1/billing/webhook';

test('shows all operations that clients call, with method and path', async () => {
	const routes = routesOf(await openApiDocument()).filter(({ path }) => path !== WEBHOOK);
	const page = await visit({ path: '/docs' });
	await ready(page);
	const shown = await page.locator('section > * > p:has(> code)').allTextContents();
	for (const { method, path } of routes) expect(shown).toContain(method + path);
	await snap(page, 'docs');
});

test('fits a phone', async () => {
	const page = await visit({ path: '/docs', device: 'phone', theme: 'dark' });
	await ready(page);
	const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
	expect(overflow).toBeLessThanOrEqual(0);
	await page.getByText('Contents', { exact: true }).click();
	await page.getByRole('navigation', { name: 'Contents' }).getByRole('link', { name: 'Errors' }).click();
	await page.getByRole('heading', { name: 'Errors', level: 2 }).and(page.locator(':focus')).waitFor();
	await snap(page, 'docs');
});

describe('a link to an operation', () => {
	test('scrolls to it and focuses its heading', async () => {
		const page = await visit({ path: '/docs#cancelJob' });
		const heading = page.getByRole('heading', { name: 'Cancel a job' });
		await heading.and(page.locator(':focus')).waitFor();
		const { y = -1 } = (await heading.boundingBox()) ?? {};
		expect(y).toBeGreaterThanOrEqual(0);
		expect(y).toBeLessThan(400);
	});

	test('is marked in the contents while it is in view', async () => {
		const page = await visit({ path: '/docs' });
		const contents = page.getByRole('navigation', { name: 'Contents' });
		// content that loads later would move the section
		await page.waitForLoadState('networkidle');
		await contents.getByRole('link', { name: 'Get the usage' }).click();
		await contents.locator('[aria-current=location]', { hasText: 'Get the usage' }).waitFor();
		expect(new URL(page.url()).hash).toBe('#getUsage');
	});
});

test('the search finds operations and text, and counts the matches', async () => {
	const page = await visit({ path: '/docs' });
	await ready(page);
	const search = page.getByRole('searchbox', { name: 'Search the docs' });
	const contents = page.getByRole('navigation', { name: 'Contents' });
	await search.fill('disappears from the api');
	await page.getByText('1 match', { exact: true }).waitFor();
	expect(await page.getByRole('heading', { level: 3 }).allTextContents()).toEqual(['Delete a file']);
	for (const [query, title] of [
		['OCR', /OCR/],
		['quality', /Compress/],
		['rate limit', 'Limits'],
		['idempotency', 'Create a job'],
		['429', 'Errors'],
		['idempotency_conflict', 'Errors'],
	] as const) {
		await search.fill(query);
		await contents.getByRole('link', { name: title }).waitFor();
		await page.locator('section:visible').getByRole('heading', { name: title }).first().waitFor();
	}
	await search.fill('xylophone');
	await page.getByText('No matches').waitFor();
	expect(await page.locator('section:visible').count()).toBe(0);
	await search.fill('');
	await ready(page);
});

test('the chosen language applies to all examples and the next visit', async () => {
	const page = await visit({ path: '/docs' });
	const example = page.locator('#createJob').getByRole('figure');
	await example.getByRole('button', { name: 'JavaScript' }).click();
	await example.getByText('creatorr.jobs.create(').waitFor();
	await page.locator('#cancelJob').getByText('creatorr.jobs.cancel(').waitFor();
	await page.reload();
	await example.getByText('creatorr.jobs.create(').waitFor();
});

test('an example can be copied', async () => {
	const page = await visit({ path: '/docs' });
	await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	const example = page.locator('#createJob').getByRole('figure');
	await example.getByRole('button', { name: 'Copy: Example' }).click();
	await example.getByText('Copied').waitFor();
	const copied = await page.evaluate(() => navigator.clipboard.readText());
	expect(copied).toBe(await example.locator('pre').textContent());
});

test('shows the API’s tools with their params', async () => {
	const { data: tools } = (await call('GET', '/v1/tools')).body;
	const page = await visit({ path: '/docs' });
	for (const { slug, params } of tools) {
		const text = await page.locator(`#tool-${slug}`).textContent();
		for (const name of Object.keys(params.properties)) expect(text).toContain(name);
	}
});

describe('the page of an error code', () => {
	test('explains the code, for requests and jobs', async () => {
		const page = await visit({ path: '/docs' });
		await page.getByRole('link', { name: 'internal' }).first().click();
		await page.getByRole('heading', { level: 1, name: 'internal' }).waitFor();
		expect(new URL(page.url()).pathname).toBe('/docs/errors/internal');
		const { data } = (await call('GET', '/v1/errors')).body;
		const described = data.filter(({ code }: { code: string }) => code === 'internal');
		expect(described).toHaveLength(2);
		for (const { cause, fix, docs_url } of described) {
			await page.getByText(cause).waitFor();
			await page.getByText(fix).waitFor();
			await page.locator('pre', { hasText: docs_url }).first().waitFor();
		}
		await snap(page, 'error-code');
	});

	test('is where the link of an error leads', async () => {
		const { error } = (await call('GET', '/v1/me')).body;
		const page = await visit({ path: new URL(error.docs_url).pathname, device: 'phone' });
		await page.getByRole('heading', { level: 1, name: error.code }).waitFor();
		const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		expect(overflow).toBeLessThanOrEqual(0);
	});

	test('isn’t found for an unknown code', async () => {
		const page = await visit({ path: '/docs/errors/nonsense' });
		await page.getByRole('heading', { name: 'Page not found' }).waitFor();
	});
});

test('offers a retry when the OpenAPI document fails to load', async () => {
	const page = await visit();
	tolerate(page, /openapi\.json answered 503/);
	let isAway = true;
	await page.route('**/v1/openapi.json', (route) =>
		isAway ? route.fulfill({ status: 503 }) : route.continue(),
	);
	await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'API' }).click();
	await page.getByText('Couldn’t load the reference').waitFor();
	await page.getByRole('heading', { name: 'Getting started' }).waitFor();
	await expectAccessible(page);
	isAway = false;
	await page.getByRole('button', { name: 'Try again' }).click();
	await ready(page);
});
