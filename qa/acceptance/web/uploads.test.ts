/** @slice 4 */

import { expect, jest, test } from '@jest/globals';
import { call, newPerson, PASSWORD } from '../../driver/client.ts';
import { eventually } from '../../driver/processes.ts';
import { expectAccessible } from './support/accessible.ts';
import { useBrowser } from './support/browser.ts';
import { picturePdf } from './support/documents.ts';
import { endSession, signInAgainDialog } from './support/expired-session.ts';
import { networkOf } from './support/network.ts';
import { watchParts } from './support/sent-parts.ts';
import { snap } from './support/snap.ts';
import {
	chooseFiles,
	filesOf,
	fillDisk,
	finishUpload,
	LONG_WAIT,
	newUploader,
	openTool,
	untilUnderWay,
	uploadedSums,
	uploadRow,
	uploadSlowly,
} from './support/uploads.ts';
import { useLargeFile } from './support/use-large-file.ts';

// large uploads are slowed down on purpose
jest.setTimeout(360_000);

const { visit } = useBrowser();
const large = useLargeFile();
const COMPRESS = '/tools/compress_heavy';

test('resumes after a network loss and a reload, and every byte arrives', async () => {
	const person = await newUploader();
	const page = await visit({ path: COMPRESS, as: person });
	await uploadSlowly(page, large());
	await snap(page, 'tool-uploading');
	const network = await networkOf(page);
	await network.goOffline();
	await page.getByText('You’re offline. Resumes automatically').waitFor();
	await expectAccessible(page);
	await snap(page, 'tool-offline');
	await untilUnderWay(page);
	await page.reload();
	await network.goOn();
	await page.getByText(/^(Queued|Processing|Page \d)|smaller$/).waitFor(LONG_WAIT);
	expect(await uploadedSums(person, large())).toEqual([large().sha256]);
});

test('stays paused over a reload, and sends only missing parts when it is resumed', async () => {
	const page = await visit({ path: COMPRESS, as: await newUploader() });
	const before = watchParts(page);
	await uploadSlowly(page, large());
	await page.getByRole('button', { name: 'Pause large.pdf' }).click();
	await page.getByText(/^Paused at/).waitFor();
	const takenBefore = [...before.taken];
	await expectAccessible(page);
	await snap(page, 'tool-paused');
	await page.reload();
	const after = watchParts(page);
	await page.getByText(/^Paused at/).waitFor();
	await page.getByRole('button', { name: 'Resume large.pdf' }).click();
	await finishUpload(page, large());
	expect(takenBefore.length).toBeGreaterThan(0);
	expect(after.begun.filter((part) => takenBefore.includes(part))).toEqual([]);
});

test('can be paused before a tab has its lock', async () => {
	const page = await visit({ path: COMPRESS, as: await newUploader() });
	await uploadSlowly(page, large());
	await page.addInitScript(() => {
		// a browser that grants the lock once the test says so
		const granted = new Promise((resolve) => addEventListener('grant-locks', resolve, { once: true }));
		const request = LockManager.prototype.request;
		LockManager.prototype.request = async function (this: LockManager, ...given: unknown[]) {
			if (String(given[0]).startsWith('creatorr.work.')) await granted;
			return Reflect.apply(request, this, given);
		};
	});
	await page.reload();
	await page.getByRole('button', { name: 'Pause large.pdf' }).click();
	await page.evaluate(() => dispatchEvent(new Event('grant-locks')));
	await page.getByText(/^Paused at/).waitFor();
});

test('leaves no file behind when it is canceled, and can be started again', async () => {
	const person = await newUploader();
	const page = await visit({ path: COMPRESS, as: person });
	await uploadSlowly(page, large());
	await page.getByRole('button', { name: 'Cancel large.pdf' }).click();
	await page.getByText('Canceled', { exact: true }).waitFor();
	await eventually(async () => (await filesOf(person)).length === 0, 60_000, 'a partial file is left');
	await page.getByRole('button', { name: 'Start again' }).click();
	await finishUpload(page, large());
});

test('waits for a new sign-in when the session is ended elsewhere', async () => {
	const person = await newUploader();
	const page = await visit({ path: COMPRESS, as: person });
	await uploadSlowly(page, large());
	await page.getByRole('button', { name: 'Pause large.pdf' }).click();
	await page.getByText(/^Paused at/).waitFor();
	await call('POST', '/v1/auth/logout-all', { token: person.token });
	await page.getByRole('button', { name: 'Resume large.pdf' }).click();
	const dialog = signInAgainDialog(page);
	await dialog.waitFor();
	await page.getByText('Sign in to continue').waitFor();
	await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
	await finishUpload(page, large());
});

test('dropped while the session has expired, belongs to that user only', async () => {
	const [person, other] = [await newPerson(), await newPerson()];
	const page = await visit({ path: '/account', as: person });
	await endSession(page, person);
	const dialog = signInAgainDialog(page);
	await page.keyboard.press('Escape');
	await page.getByRole('link', { name: 'Tools', exact: true }).click();
	await openTool(page, 'Compress PDF');
	await chooseFiles(page, picturePdf('mine.pdf'));
	await uploadRow(page, 'mine.pdf').getByText('Sign in to continue').waitFor();
	await page.getByRole('button', { name: 'Sign in again' }).click();
	await dialog.getByLabel('Email').fill(other.email);
	await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
	await page.getByText(`You’re now signed in as ${other.email}.`).waitFor();
	await uploadRow(page, 'mine.pdf').waitFor({ state: 'detached' });
	expect(await filesOf(other)).toEqual([]);
});

test('is deleted from the device when the user signs out', async () => {
	const page = await visit({ path: COMPRESS, as: await newUploader() });
	await uploadSlowly(page, large());
	await page.getByRole('button', { name: /account/i }).click();
	await page.getByText('Sign out', { exact: true }).click();
	await page.goto(COMPRESS);
	await page.getByRole('heading', { name: 'Options' }).waitFor();
	expect(await uploadRow(page, large().name).count()).toBe(0);
	const stored = await page.evaluate(async () => {
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
	expect(stored).toEqual([0, 0]);
});

test('asks after a reload for a file that the browser could not store, and accepts no other', async () => {
	const page = await visit({ path: COMPRESS, as: await newUploader() });
	await fillDisk(page);
	await page.reload();
	await uploadSlowly(page, large());
	await page.reload();
	await page.getByText(/your browser couldn’t store it/).waitFor();
	await expectAccessible(page);
	await snap(page, 'tool-file-missing');
	const input = page.getByLabel('Choose large.pdf again');
	await input.setInputFiles(picturePdf('large.pdf'));
	await page.getByText(/This is a different file/).waitFor();
	await input.setInputFiles(large().path);
	await finishUpload(page, large());
});

test('asks after a reload for the password of a job that is not created yet', async () => {
	const page = await visit({ path: COMPRESS, as: await newUploader() });
	await page.getByText('More options').click();
	await page.getByLabel('Password').fill('sesame');
	await uploadSlowly(page, large());
	await page.reload();
	await (await networkOf(page)).goOn();
	await page.getByText(/creatorr doesn’t keep passwords/).waitFor(LONG_WAIT);
	await snap(page, 'tool-secret-missing');
	const row = uploadRow(page, large().name);
	await row.getByLabel('Password').fill('sesame');
	await row.getByRole('button', { name: 'Continue' }).click();
	await finishUpload(page, large());
});

test('keeps the keyboard focus while its buttons change', async () => {
	const page = await visit({ path: COMPRESS, as: await newUploader() });
	await uploadSlowly(page, large());
	const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
	const isRow = () => uploadRow(page, large().name).evaluate((row) => document.activeElement === row);
	await page.getByRole('button', { name: 'Pause large.pdf' }).focus();
	await page.keyboard.press('Enter');
	await page.getByText(/^Paused at/).waitFor();
	expect(await focused()).toBe('Resume large.pdf');
	await page.keyboard.press('Enter');
	await page.getByText(/^Uploading/).waitFor();
	expect(await focused()).toBe('Pause large.pdf');
	await page.keyboard.press('Tab');
	expect(await focused()).toBe('Cancel large.pdf');
	await page.keyboard.press('Enter');
	await page.getByText('Canceled', { exact: true }).waitFor();
	expect(await isRow()).toBe(true);
	await page.keyboard.press('Tab');
	expect(await focused()).toBe('Remove large.pdf from this list');
	await page.keyboard.press('Enter');
	await uploadRow(page, large().name).waitFor({ state: 'detached' });
	expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
});
