/** @slice 9 */

import { slice } from '@creatorr/testing/slice';
import { describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { call, newPerson, type Person } from '../../driver/client.ts';
import { finishJob, startJob, uploadFile } from '../../driver/flow.ts';
import { expectAccessible } from './support/accessible.ts';
import { tolerate, useBrowser } from './support/browser.ts';
import { brokenPdf, type Document, lockedPdf, picturePdf, textPdf } from './support/documents.ts';
import { dropFiles } from './support/drop.ts';
import { snap } from './support/snap.ts';
import { chooseFiles, openTool } from './support/uploads.ts';

const { visit } = useBrowser();

const upload = (person: Person, { buffer, name, mimeType }: Document) =>
	uploadFile(person.token, buffer, { name, mimeType });

/** Runs a job to its end and returns it. */
async function runJob(person: Person, document: Document, options: { tool?: string; params?: object } = {}) {
	return await finishJob(person.token, await startJob(person.token, await upload(person, document), options));
}

const row = (page: Page, name: string | RegExp) =>
	page.getByRole('list', { name: 'Jobs' }).getByRole('article', { name });
/** Waits for the API's answer to a deletion, which the list does not wait for. */
const deleted = (page: Page) =>
	page.waitForResponse((answer) => answer.request().method() === 'DELETE' && answer.status() === 204);
const jobsOf = async (person: Person) => (await call('GET', '/v1/jobs', { token: person.token })).body.data;

describe('the history', () => {
	test('of a new user links to the tools', async () => {
		const page = await visit({ path: '/history', as: await newPerson() });
		await page.getByText('No jobs yet').waitFor();
		await expectAccessible(page);
		await snap(page, 'history-empty');
		await page.getByRole('link', { name: 'Choose a tool' }).click();
		await page.getByRole('heading', { level: 1 }).waitFor();
		expect(new URL(page.url()).pathname).toBe('/');
	});

	test('shows the outcome of each job, on a desktop and on a phone', async () => {
		const person = await newPerson();
		await runJob(person, picturePdf('holiday.pdf'));
		await runJob(person, brokenPdf('broken.pdf'));
		await runJob(person, await textPdf('letter.pdf'), { tool: 'ocr' });
		const [failed] = (await jobsOf(person)).filter((job: { status: string }) => job.status === 'failed');
		const profiles = [
			['desktop', 'light'],
			['phone', 'dark'],
		] as const;
		for (const [device, theme] of slice(profiles, 1)) {
			const page = await visit({ path: '/history', as: person, device, theme });
			await row(page, 'Compress PDF: holiday.pdf')
				.getByText(/^−\d+%$/)
				.waitFor();
			await row(page, /holiday/)
				.getByText(/kept until/)
				.waitFor();
			const text = await row(page, /broken/).textContent();
			expect(text?.toLowerCase()).toContain(failed.error_message.toLowerCase());
			const names = await page.getByRole('list', { name: 'Jobs' }).getByRole('heading').allTextContents();
			expect(names).toEqual(['letter.pdf', 'broken.pdf', 'holiday.pdf']);
			await expectAccessible(page);
			await snap(page, 'history');
		}
	});

	test('is filtered by tool and status in the URL', async () => {
		const person = await newPerson();
		await runJob(person, picturePdf('holiday.pdf'));
		await runJob(person, brokenPdf('broken.pdf'));
		const page = await visit({ path: '/history?status=failed', as: person });
		await row(page, /broken/)
			.getByRole('link', { name: 'Open “Compress PDF”' })
			.waitFor();
		expect(await page.getByRole('button', { name: /^Run again/ }).count()).toBe(0);
		expect(await row(page, /holiday/).count()).toBe(0);
		await page.getByLabel('Status').selectOption('Done');
		await row(page, /holiday/).waitFor();
		expect(page.url()).toContain('status=succeeded');
		await page.getByLabel('Tool').selectOption('Make scans searchable (OCR)');
		await page.getByText('No matching jobs').waitFor();
		await snap(page, 'history-filtered');
		await page.reload();
		await page.getByText('No matching jobs').waitFor();
		await page.getByRole('button', { name: 'Show all' }).click();
		await row(page, /broken/).waitFor();
	});

	test('loads the next page', async () => {
		const person = await newPerson();
		const file = await upload(person, brokenPdf('broken.pdf'));
		for (let count = 0; count < 22; count += 1) await startJob(person.token, file);
		const page = await visit({ path: '/history', as: person });
		await row(page, /broken/)
			.nth(19)
			.waitFor();
		expect(await row(page, /broken/).count()).toBe(20);
		await page.getByRole('button', { name: 'Show more' }).click();
		await row(page, /broken/)
			.nth(21)
			.waitFor();
		expect(await page.getByText('End of list.').evaluate((end) => end === document.activeElement)).toBe(true);
	});

	test('polls an active job until it has ended', async () => {
		const person = await newPerson();
		const file = await upload(person, picturePdf('big.pdf', { pages: 12 }));
		const page = await visit({ path: '/history', as: person });
		await page.getByText('No jobs yet').waitFor();
		await startJob(person.token, file);
		await page.reload();
		await row(page, /big/)
			.getByText(/Queued|Processing/)
			.first()
			.waitFor();
		await row(page, /big/)
			.getByRole('button', { name: 'Download the result of big.pdf' })
			.waitFor({ timeout: 90_000 });
	});

	test('cancels a job', async () => {
		const person = await newPerson();
		const id = await startJob(person.token, await upload(person, picturePdf('big.pdf', { pages: 40 })));
		const page = await visit({ path: '/history', as: person });
		await row(page, /big/).getByRole('button', { name: 'Cancel big.pdf' }).click();
		await row(page, /big/).getByText('Canceled').first().waitFor();
		expect((await call('GET', `/v1/jobs/${id}`, { token: person.token })).body.data.status).toBe('canceled');
	});

	test('downloads a result under its name', async () => {
		const person = await newPerson();
		await runJob(person, picturePdf('holiday.pdf'));
		const page = await visit({ path: '/history', as: person });
		const download = page.waitForEvent('download');
		await page.getByRole('button', { name: 'Download the result of holiday.pdf' }).click();
		expect((await download).suggestedFilename()).toBe('holiday.compressed.pdf');
		expect(new URL(page.url()).pathname).toBe('/history');
	});

	test('runs a job again', async () => {
		const person = await newPerson();
		const { params } = await runJob(person, picturePdf('holiday.pdf'), { params: { quality: 42 } });
		const page = await visit({ path: '/history', as: person });
		await page.getByRole('button', { name: 'Run again: holiday.pdf' }).click();
		await row(page, /holiday/)
			.nth(1)
			.waitFor();
		const jobs = await jobsOf(person);
		expect(jobs.map((job: { params: object }) => job.params)).toEqual([params, params]);
	});

	test('offers no rerun while the tool’s secrets are unknown, because the tools failed to load', async () => {
		const person = await newPerson();
		await runJob(person, picturePdf('holiday.pdf'), { params: { password: 'not needed' } });
		const page = await visit({ as: person, tolerated: [/answered 503/] });
		await page.route('**/v1/tools', (route) => route.fulfill({ status: 503, json: away() }));
		await page.goto('/history');
		await row(page, /holiday/).waitFor();
		expect(await page.getByRole('button', { name: /^Run again/ }).count()).toBe(0);
		await page.unroute('**/v1/tools');
		await page.reload();
		await page.getByRole('button', { name: /^Run again/ }).click();
		await page.getByRole('dialog').getByLabel('Password of the PDF', { exact: true }).waitFor();
	});

	test('does not accept dropped files, and says where to drop them', async () => {
		const page = await visit({ path: '/history', as: await newPerson() });
		await page.getByText('No jobs yet').waitFor();
		await dropFiles(page.getByRole('main'), [picturePdf()]);
		await page.getByText('You can’t drop files here.').waitFor();
	});

	test('asks for the password of a locked file and runs the job again with it', async () => {
		const person = await newPerson();
		const job = await runJob(person, await lockedPdf('open sesame'));
		expect(job.error_code).toBe('encrypted_input');
		const page = await visit({ path: '/history', as: person });
		await page.getByText('Choose “Run again”, then enter the file’s password.').waitFor();
		await page.getByRole('button', { name: 'Run again: secret.pdf' }).click();
		await page.getByRole('dialog').getByLabel('Password of the PDF', { exact: true }).fill('open sesame');
		await expectAccessible(page);
		await snap(page, 'history-password');
		await page.getByRole('dialog').getByRole('button', { name: 'Run again' }).click();
		await page
			.getByRole('button', { name: 'Download the result of secret.pdf' })
			.waitFor({ timeout: 60_000 });
	});

	test('removes a job after a confirmation, and restores it when that fails', async () => {
		const person = await newPerson();
		await runJob(person, brokenPdf('broken.pdf'));
		const page = await visit({ path: '/history', as: person });
		const ask = () => page.getByRole('button', { name: 'Remove broken.pdf from history' }).click();
		const remove = page.getByRole('dialog').getByRole('button', { name: 'Remove' });
		await ask();
		await expectAccessible(page);
		await snap(page, 'history-remove');
		await page.getByRole('button', { name: 'Cancel' }).click();
		expect(await jobsOf(person)).toHaveLength(1);
		tolerate(page, /answered 503/);
		await page.route('**/v1/jobs/*', (route) =>
			route.request().method() === 'DELETE' ? route.fulfill({ status: 503, json: away() }) : route.fallback(),
		);
		await ask();
		await remove.click();
		await page.getByText('Couldn’t remove the job.').waitFor();
		await row(page, /broken/).waitFor();
		await page.unroute('**/v1/jobs/*');
		await ask();
		const removed = deleted(page);
		await remove.click();
		await page.getByText('No jobs yet').waitFor();
		expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
		await removed;
		expect(await jobsOf(person)).toEqual([]);
	});

	test('restores only the job whose removal failed', async () => {
		const person = await newPerson();
		const kept = await runJob(person, brokenPdf('kept.pdf'));
		await runJob(person, brokenPdf('removed.pdf'));
		const page = await visit({ path: '/history', as: person });
		tolerate(page, /answered 503/);
		let answer = (): void => undefined;
		const held = new Promise<void>((resolve) => {
			answer = resolve;
		});
		await page.route(`**/v1/jobs/${kept.id}`, async (route) => {
			await held;
			await route.fulfill({ status: 503, json: away() });
		});
		const remove = async (name: string) => {
			await page.getByRole('button', { name: `Remove ${name} from history` }).click();
			await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
			await row(page, new RegExp(name)).waitFor({ state: 'detached' });
		};
		await remove('kept.pdf');
		const removed = deleted(page);
		await remove('removed.pdf');
		await removed;
		answer();
		await row(page, /kept/).waitFor();
		expect(await row(page, /removed/).count()).toBe(0);
	});

	test('runs a job again only once when an answer is lost and the user retries', async () => {
		const person = await newPerson();
		await runJob(person, picturePdf('holiday.pdf'));
		const page = await visit({ path: '/history', as: person });
		let arrived = 0;
		await page.route('**/v1/jobs', async (route) => {
			arrived += 1;
			if (arrived === 1) await route.fetch();
			await route.abort();
		});
		await page.getByRole('button', { name: 'Run again: holiday.pdf' }).click();
		await page.getByText('Couldn’t start the job.').waitFor();
		await page.unroute('**/v1/jobs');
		await page.getByRole('button', { name: 'Run again: holiday.pdf' }).click();
		await row(page, /holiday/)
			.nth(1)
			.waitFor();
		expect(await jobsOf(person)).toHaveLength(2);
	});

	test('ignores a late answer from before a new job', async () => {
		const page = await visit({ path: '/tools/compress_heavy', as: await newPerson() });
		let answer = (): void => undefined;
		const held = new Promise<void>((resolve) => {
			answer = resolve;
		});
		const asked = new Promise<void>((resolve) => {
			void page.route(
				/\/v1\/jobs\?/,
				async (route) => {
					const response = await route.fetch();
					resolve();
					await held;
					// the page may be gone
					await route.fulfill({ response }).catch(() => {});
				},
				{ times: 1 },
			);
		});
		await page.getByRole('link', { name: 'History' }).click();
		await asked;
		await page.getByRole('link', { name: 'creatorr, home' }).click();
		await openTool(page, 'Compress PDF');
		await chooseFiles(page, picturePdf('later.pdf'));
		await page.getByText(/% smaller/).waitFor();
		await page.getByRole('link', { name: 'History' }).click();
		answer();
		await row(page, /later/).waitFor();
	});

	test('shows the names of deleted files until the user signs out', async () => {
		const person = await newPerson();
		const job = await runJob(person, picturePdf('holiday.pdf'));
		const page = await visit({ path: '/history', as: person });
		await row(page, /holiday/)
			.getByText(/kept until/)
			.waitFor();
		for (const id of [job.input_file_id, job.output_file_id]) {
			await call('DELETE', `/v1/files/${id}`, { token: person.token });
		}
		await page.reload();
		await row(page, /holiday/)
			.getByText('deleted')
			.waitFor();
		expect(
			await row(page, /holiday/)
				.getByRole('button')
				.count(),
		).toBe(1);
		const remembered = () => page.evaluate(() => localStorage.getItem('creatorr.files') ?? '');
		expect(await remembered()).toContain('holiday.pdf');
		await page.getByRole('button', { name: 'Your account' }).click();
		await page.getByRole('button', { name: 'Sign out' }).click();
		await page.getByRole('link', { name: 'Sign in' }).waitFor();
		expect(await remembered()).toBe('');
	});
});

/** The API's answer while a service is unavailable. */
function away() {
	return {
		error: {
			code: 'upstream_unavailable',
			message: 'The jobs service is temporarily unavailable. Try again in a moment.',
			request_id: 'req_test',
		},
	};
}

describe('the files', () => {
	test('are listed with their expiry, and deleted after a confirmation', async () => {
		const person = await newPerson();
		await upload(person, picturePdf('holiday.pdf'));
		await upload(person, await textPdf('letter.pdf'));
		const page = await visit({ path: '/history', as: person, device: 'phone' });
		await page.getByRole('link', { name: 'Files', exact: true }).click();
		await page
			.getByRole('article', { name: 'holiday.pdf' })
			.getByText(/kept until/)
			.waitFor();
		await expectAccessible(page);
		await snap(page, 'files');
		const download = page.waitForEvent('download');
		await page.getByRole('button', { name: 'Download letter.pdf' }).click();
		expect((await download).suggestedFilename()).toBe('letter.pdf');
		await page.getByRole('button', { name: 'Delete holiday.pdf' }).click();
		const removed = deleted(page);
		await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
		await page.getByRole('article', { name: 'holiday.pdf' }).waitFor({ state: 'detached' });
		await removed;
		const { data } = (await call('GET', '/v1/files', { token: person.token })).body;
		expect(data.map((file: { name: string }) => file.name)).toEqual(['letter.pdf']);
	});

	test('of a new user are an empty state', async () => {
		const page = await visit({ path: '/files', as: await newPerson() });
		await page.getByText('No files').waitFor();
		await expectAccessible(page);
	});
});
