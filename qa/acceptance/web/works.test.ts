import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { subscribe } from '../../driver/billing.ts';
import { call, newPerson, PASSWORD, type Person } from '../../driver/client.ts';
import { downloadFile } from '../../driver/flow.ts';
import { eventually } from '../../driver/processes.ts';
import { expectAccessible } from './support/accessible.ts';
import { tolerate, useBrowser } from './support/browser.ts';
import { lockedPdf, picturePdf, scannedPdf } from './support/documents.ts';
import { endSession, signInAgainDialog } from './support/expired-session.ts';
import { type LargeFile, largePdf } from './support/large-pdf.ts';
import { networkOf } from './support/network.ts';
import { watchParts } from './support/sent-parts.ts';
import { snap } from './support/snap.ts';
import { chooseFiles, workRow } from './support/works.ts';

// uploads take long on purpose
jest.setTimeout(360_000);

const { visit } = useBrowser();
const COMPRESS = '/tools/compress_heavy';
/** 64 at least, so that an upload can be told while it is under way. */
const MIB = Number(process.env.WEB_UPLOAD_MIB ?? 64);
/** What the free plan takes. */
const FREE_MIB = 512;
/** What goes wrong only at times is tried so often. */
const ROUNDS = Number(process.env.WEB_TWO_TAB_ROUNDS ?? 1);
/** Bytes a second: so fast until some parts are in the store, then so slowly that there is time for what is to happen. */
const FAST = (MIB * 1024 ** 2) / 8;
const SLOW = FAST / 8;
/** 40 MB have left, so that some parts are in the store. */
const UNDER_WAY = /^Uploading ([4-9]\d|\d{3})(\.\d)? MB of|^Uploading \d\.\d GB of/;
const TO_THE_END = { timeout: 240_000 };

let large: LargeFile;
beforeAll(async () => {
	large = await largePdf(MIB);
});
afterAll(() => large.remove());

async function uploadSlowly(page: Page): Promise<void> {
	const network = await networkOf(page);
	await network.slowUploads(FAST);
	await chooseFiles(page, large.path);
	await page.getByText(UNDER_WAY).waitFor();
	await network.slowUploads(SLOW);
}

/** Whose plan takes the large file. */
async function somebody(): Promise<Person> {
	const person = await newPerson();
	if (MIB > FREE_MIB) await subscribe(person);
	return person;
}

async function finished(page: Page): Promise<void> {
	await (await networkOf(page)).goOn();
	await workRow(page, large.name)
		.getByText(/smaller/)
		.waitFor(TO_THE_END);
}

async function filesOf({ token }: Person): Promise<{ id: string; name: string }[]> {
	return (await call('GET', '/v1/files', { token })).body.data;
}

/** The sums of all that was uploaded under the name of the large file. */
async function uploadedSums(person: Person): Promise<string[]> {
	const uploaded = (await filesOf(person)).filter(({ name }) => name === large.name);
	const bytes = await Promise.all(uploaded.map(({ id }) => downloadFile(person.token, id)));
	return bytes.map((file) => createHash('sha256').update(file).digest('hex'));
}

describe('an upload', () => {
	test('that loses its network and then its page goes on by itself, and every byte arrives', async () => {
		const person = await somebody();
		const page = await visit({ path: COMPRESS, as: person });
		await uploadSlowly(page);
		await snap(page, 'tool-uploading');
		const network = await networkOf(page);
		await network.goOffline();
		await page.getByText('You are offline. It goes on by itself').waitFor();
		await expectAccessible(page);
		await snap(page, 'tool-offline');
		await network.slowUploads(SLOW);
		await page.getByText(UNDER_WAY).waitFor();
		await page.reload();
		await network.goOn();
		await page.getByText(/^(In line|Working)|smaller$/).waitFor(TO_THE_END);
		expect(await uploadedSums(person)).toEqual([large.sha256]);
	});

	test('is paused, is still so after a reload, and sends only what is missing when it is resumed', async () => {
		const page = await visit({ path: COMPRESS, as: await somebody() });
		const before = watchParts(page);
		await uploadSlowly(page);
		await page.getByRole('button', { name: 'Pause large.pdf' }).click();
		await page.getByText(/^Paused at/).waitFor();
		const takenBefore = [...before.taken];
		await expectAccessible(page);
		await snap(page, 'tool-paused');
		await page.reload();
		const after = watchParts(page);
		await page.getByText(/^Paused at/).waitFor();
		await page.getByRole('button', { name: 'Resume large.pdf' }).click();
		await finished(page);
		expect(takenBefore.length).toBeGreaterThan(0);
		expect(after.begun.filter((part) => takenBefore.includes(part))).toEqual([]);
	});

	test('that is paused before any tab drives it is paused once one does', async () => {
		const page = await visit({ path: COMPRESS, as: await somebody() });
		await uploadSlowly(page);
		await page.addInitScript(() => {
			// as a browser that is slow to give locks
			const request = LockManager.prototype.request;
			LockManager.prototype.request = async function (this: LockManager, ...given: unknown[]) {
				if (String(given[0]).startsWith('creatorr.work.')) {
					await new Promise((resolve) => setTimeout(resolve, 3_000));
				}
				return Reflect.apply(request, this, given);
			};
		});
		await page.reload();
		await page.getByRole('button', { name: 'Pause large.pdf' }).click();
		await page.getByText(/^Paused at/).waitFor();
	});

	test('that is canceled leaves nothing in the store, and can be started again', async () => {
		const person = await somebody();
		const page = await visit({ path: COMPRESS, as: person });
		await uploadSlowly(page);
		await page.getByRole('button', { name: 'Cancel large.pdf' }).click();
		await page.getByText('Canceled', { exact: true }).waitFor();
		await eventually(async () => (await filesOf(person)).length === 0, 60_000, 'half a file is kept');
		await page.getByRole('button', { name: 'Start again' }).click();
		await finished(page);
	});

	test('whose session is ended elsewhere waits for the person to sign in again', async () => {
		const person = await somebody();
		const page = await visit({ path: COMPRESS, as: person });
		await uploadSlowly(page);
		await call('POST', '/v1/auth/logout-all', { token: person.token });
		await page.getByRole('button', { name: 'Pause large.pdf' }).click();
		await page.getByRole('button', { name: 'Resume large.pdf' }).click();
		const dialog = signInAgainDialog(page);
		await dialog.waitFor();
		await page.getByText('Waits for you to sign in').waitFor();
		await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
		await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
		await finished(page);
	});

	test('of a store that is away says so, and goes on when it is back', async () => {
		const page = await visit({ path: COMPRESS, as: await somebody() });
		await uploadSlowly(page);
		await page.route(/X-Amz-Signature/, (route) => route.abort());
		// those that are under way end
		await (await networkOf(page)).goOn();
		await page.getByText('Nothing gets through just now; it goes on by itself').waitFor();
		await page.unroute(/X-Amz-Signature/);
		await finished(page);
	});

	test('that is dropped while the session has expired waits for that person, and is nobody else’s', async () => {
		const [person, other] = [await somebody(), await newPerson()];
		const page = await visit({ path: '/account', as: person });
		await endSession(page, person);
		const dialog = signInAgainDialog(page);
		await page.keyboard.press('Escape');
		await page.getByRole('link', { name: 'Tools', exact: true }).click();
		await page.getByRole('link', { name: /Compress PDF/ }).click();
		await chooseFiles(page, picturePdf('mine.pdf'));
		await workRow(page, 'mine.pdf').getByText('Waits for you to sign in').waitFor();
		await page.getByRole('button', { name: 'Sign in again' }).click();
		await dialog.getByLabel('Email').fill(other.email);
		await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
		await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
		await page.getByText(`You are signed in as ${other.email} now.`).waitFor();
		await workRow(page, 'mine.pdf').waitFor({ state: 'detached' });
		expect(await filesOf(other)).toEqual([]);
	});

	test('is forgotten on this device by whoever signs out', async () => {
		const page = await visit({ path: COMPRESS, as: await somebody() });
		await uploadSlowly(page);
		await page.getByRole('button', { name: /account/i }).click();
		await page.getByText('Sign out', { exact: true }).click();
		await page.goto(COMPRESS);
		await page.getByRole('heading', { name: 'Options' }).waitFor();
		expect(await workRow(page, large.name).count()).toBe(0);
		const kept = await page.evaluate(async () => {
			const open = indexedDB.open('creatorr.works');
			await new Promise((resolve) => {
				open.onsuccess = resolve;
			});
			const transaction = open.result.transaction(['works', 'files']);
			const counts = ['works', 'files'].map((name) => transaction.objectStore(name).count());
			await new Promise((resolve) => {
				transaction.oncomplete = resolve;
			});
			return counts.map(({ result }) => result);
		});
		expect(kept).toEqual([0, 0]);
	});

	test('whose file this browser could not keep asks for it after a reload, and takes no other', async () => {
		const page = await visit({ path: COMPRESS, as: await somebody() });
		await page.addInitScript(() => {
			// as a disk that is full
			const put = IDBObjectStore.prototype.put;
			IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...given: Parameters<typeof put>) {
				if (this.name === 'files') throw new DOMException('no room', 'QuotaExceededError');
				return put.apply(this, given);
			};
		});
		await page.reload();
		await uploadSlowly(page);
		await page.reload();
		await page.getByText(/This browser could not keep the file/).waitFor();
		await expectAccessible(page);
		await snap(page, 'tool-file-missing');
		const input = page.getByLabel('Choose large.pdf again');
		await input.setInputFiles(picturePdf('large.pdf'));
		await page.getByText(/This is another file/).waitFor();
		await input.setInputFiles(large.path);
		await finished(page);
	});
});

describe('two tabs', () => {
	test('never drive one upload both, show the same, and either commands it', async () => {
		const person = await somebody();
		const page = await visit({ path: COMPRESS, as: person });
		await uploadSlowly(page);
		const other = await page.context().newPage();
		const ofOther = watchParts(other);
		await other.goto(COMPRESS);
		await other.getByText(/^Uploading/).waitFor();
		await other.getByRole('button', { name: 'Pause large.pdf' }).click();
		await page.getByText(/^Paused at/).waitFor();
		await other.getByText(/^Paused at/).waitFor();
		expect(ofOther.begun).toEqual([]);
		// the one that drove it is closed: the other one takes over
		await page.close();
		await other.getByRole('button', { name: 'Resume large.pdf' }).click();
		await finished(other);
		expect(ofOther.taken.size).toBeGreaterThan(0);
		expect(await uploadedSums(person)).toEqual([large.sha256]);
	});

	test('leave a file to the one it was chosen in, which alone has its bytes and its password', async () => {
		const page = await visit({ path: COMPRESS, as: await newPerson() });
		await page.addInitScript(() => {
			// as a browser that gives this tab its locks late, on a disk that is full
			const request = LockManager.prototype.request;
			LockManager.prototype.request = async function (this: LockManager, ...given: unknown[]) {
				await new Promise((resolve) => setTimeout(resolve, 500));
				return Reflect.apply(request, this, given);
			};
			const put = IDBObjectStore.prototype.put;
			IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...given: Parameters<typeof put>) {
				if (this.name === 'files') throw new DOMException('no room', 'QuotaExceededError');
				return put.apply(this, given);
			};
		});
		await page.reload();
		await openSecondTab(page);
		await chooseFiles(page, await lockedPdf('sesame', 'secret.pdf'));
		const row = workRow(page, 'secret.pdf');
		await row.getByLabel('Password').fill('sesame');
		await row.getByRole('button', { name: 'Open it' }).click();
		await row.getByRole('button', { name: 'Download' }).waitFor(TO_THE_END);
	});

	test('lose no file that is chosen after a large one was canceled', async () => {
		for (let round = 0; round < ROUNDS; round += 1) {
			const page = await visit({ path: COMPRESS, as: await somebody() });
			await openSecondTab(page);
			await chooseFiles(page, large.path);
			await page.getByRole('button', { name: 'Cancel large.pdf' }).click();
			await page.getByText('Canceled', { exact: true }).waitFor();
			await page.goto('/tools/ocr');
			await chooseFiles(page, picturePdf('small.pdf'));
			await workRow(page, 'small.pdf').getByRole('button', { name: 'Download' }).waitFor(TO_THE_END);
			await page.context().close();
		}
	});
});

/** In front of the first, so that this one is the faster of both. */
async function openSecondTab(page: Page): Promise<void> {
	const other = await page.context().newPage();
	await other.goto('/tools/office_to_pdf');
	await other.getByRole('heading', { name: 'Options' }).waitFor();
}

describe('a job', () => {
	test('is watched on after a reload, and told on every page', async () => {
		const page = await visit({ path: '/tools/ocr', as: await newPerson() });
		await chooseFiles(page, await scannedPdf('scan.pdf', Array(12).fill(['Hello scanner'])));
		await page.getByText(/^(In line|Working)/).waitFor();
		await page.reload();
		await page.getByText(/^(In line|Working)/).waitFor();
		await page.getByRole('link', { name: 'creatorr, home' }).click();
		const badge = page.getByRole('button', { name: '1 file on the way' });
		await badge.click();
		await expectAccessible(page);
		await snap(page, 'works-badge');
		await page.getByRole('dialog', { name: 'Your files' }).getByRole('link', { name: 'scan.pdf' }).click();
		await workRow(page, 'scan.pdf').getByRole('button', { name: 'Download' }).waitFor(TO_THE_END);
	});

	test('is canceled while it runs, and started again without another upload', async () => {
		const person = await newPerson();
		const page = await visit({ path: '/tools/ocr', as: person });
		await chooseFiles(page, await scannedPdf('scan.pdf', Array(8).fill(['Hello scanner'])));
		await page.getByText(/^(In line|Working)/).waitFor();
		await page.getByRole('button', { name: 'Cancel scan.pdf' }).click();
		await page.getByText('Canceled', { exact: true }).waitFor();
		await page.getByRole('button', { name: 'Start again' }).click();
		await workRow(page, 'scan.pdf').getByRole('button', { name: 'Download' }).waitFor(TO_THE_END);
		const { body } = await call('GET', '/v1/jobs', { token: person.token });
		const jobs: { status: string; input_file_id: string }[] = body.data;
		expect(jobs.map(({ status }) => status)).toEqual(['succeeded', 'canceled']);
		expect(new Set(jobs.map(({ input_file_id }) => input_file_id)).size).toBe(1);
	});

	test('whose creation was not answered is created once', async () => {
		const person = await newPerson();
		const page = await visit({ path: COMPRESS, as: person });
		tolerate(page, /\/v1\/jobs answered 503/);
		// it arrives, and its answer gets lost
		await page.route(
			'**/v1/jobs',
			async (route) => {
				await route.fetch();
				await route.abort();
			},
			{ times: 1 },
		);
		await chooseFiles(page, picturePdf());
		await workRow(page, 'holiday.pdf')
			.getByText(/smaller/)
			.waitFor();
		const { body } = await call('GET', '/v1/jobs', { token: person.token });
		expect(body.data).toHaveLength(1);
	});

	test('that is one of many is followed without taking all connections', async () => {
		const page = await visit({ path: COMPRESS, as: await newPerson() });
		let open = 0;
		let most = 0;
		const isStream = (url: string) => url.endsWith('/events');
		page.on('request', (request) => {
			if (!isStream(request.url())) return;
			open += 1;
			most = Math.max(most, open);
		});
		const close = (request: { url(): string }) => {
			if (isStream(request.url())) open -= 1;
		};
		page.on('requestfinished', close);
		page.on('requestfailed', close);
		const names = Array.from({ length: 8 }, (_, index) => `file-${index}.pdf`);
		await chooseFiles(
			page,
			names.map((name) => picturePdf(name)),
		);
		await page.getByRole('button', { name: 'Download all 8' }).waitFor(TO_THE_END);
		expect(most).toBeGreaterThan(0);
		expect(most).toBeLessThanOrEqual(3);
	});
});

test('a password for a job that a reload came before is asked for again', async () => {
	const page = await visit({ path: COMPRESS, as: await somebody() });
	await page.getByText('More options').click();
	await page.getByLabel('Password').fill('sesame');
	await uploadSlowly(page);
	await page.reload();
	await (await networkOf(page)).goOn();
	await page.getByText(/Passwords are not kept over a reload/).waitFor(TO_THE_END);
	await snap(page, 'tool-secret-missing');
	const row = workRow(page, large.name);
	await row.getByLabel('Password').fill('sesame');
	await row.getByRole('button', { name: 'Go on' }).click();
	await finished(page);
});

describe('a password of a job whose creation was not answered before a reload', () => {
	/** The job is there; the page does not know of it, and has no password any more. */
	async function loseAnswer(person: Person): Promise<Page> {
		const page = await visit({ path: '/tools/ocr', as: person });
		await page.getByText('More options').click();
		await page.getByLabel('Password').fill('sesame');
		let tries = 0;
		const lost = new Promise<void>((resolve) => {
			void page.route('**/v1/jobs', async (route) => {
				tries += 1;
				if (tries === 1) await route.fetch();
				await route.abort();
				resolve();
			});
		});
		await chooseFiles(page, await scannedPdf('scan.pdf', Array(8).fill(['Hello scanner'])));
		await lost;
		await page.reload();
		await page.getByText(/Passwords are not kept over a reload/).waitFor();
		await page.unroute('**/v1/jobs');
		return page;
	}
	const jobsOf = async ({ token }: Person): Promise<{ status: string }[]> =>
		(await call('GET', '/v1/jobs', { token })).body.data;

	test('is not needed to cancel that very job', async () => {
		const person = await newPerson();
		const page = await loseAnswer(person);
		await page.getByRole('button', { name: 'Cancel scan.pdf' }).click();
		await page.getByText('Canceled', { exact: true }).waitFor();
		expect((await jobsOf(person)).map(({ status }) => status)).toEqual(['canceled']);
	});

	test('may be typed otherwise, and there still is one job', async () => {
		const person = await newPerson();
		const page = await loseAnswer(person);
		const row = workRow(page, 'scan.pdf');
		await row.getByLabel('Password').fill('another');
		await row.getByRole('button', { name: 'Go on' }).click();
		await row.getByRole('button', { name: 'Download' }).waitFor(TO_THE_END);
		expect(await jobsOf(person)).toHaveLength(1);
	});
});

test('the focus stays at a file while its buttons change under the keys', async () => {
	const page = await visit({ path: COMPRESS, as: await somebody() });
	await uploadSlowly(page);
	const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
	const isRow = () => workRow(page, large.name).evaluate((row) => document.activeElement === row);
	await page.getByRole('button', { name: 'Pause large.pdf' }).focus();
	await page.keyboard.press('Enter');
	await page.getByText(/^Paused at/).waitFor();
	expect(await focused()).toBe('Resume large.pdf');
	await page.keyboard.press('Enter');
	await page.getByText(UNDER_WAY).waitFor();
	expect(await focused()).toBe('Pause large.pdf');
	await page.keyboard.press('Tab');
	expect(await focused()).toBe('Cancel large.pdf');
	await page.keyboard.press('Enter');
	await page.getByText('Canceled', { exact: true }).waitFor();
	expect(await isRow()).toBe(true);
	await page.keyboard.press('Tab');
	expect(await focused()).toBe('Remove large.pdf');
	await page.keyboard.press('Enter');
	await workRow(page, large.name).waitFor({ state: 'detached' });
	expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
});
