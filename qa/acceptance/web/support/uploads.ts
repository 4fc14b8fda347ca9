import { createHash } from 'node:crypto';
import type { Locator, Page } from 'playwright-core';
import { subscribe } from '../../../driver/billing.ts';
import { call, newPerson, type Person } from '../../../driver/client.ts';
import { downloadFile } from '../../../driver/flow.ts';
import type { Document } from './documents.ts';
import type { LargeFile } from './large-pdf.ts';
import { networkOf } from './network.ts';

/** Chooses files on a tool's page, as by its button; large ones by their paths. */
export async function chooseFiles(
	page: Page,
	files: Document | Document[] | string | string[],
): Promise<void> {
	await page.locator('input[type=file][multiple]').setInputFiles(files);
}

/** Opens a tool from the home page, and waits for its page: the home page takes files, too. */
export async function openTool(page: Page, title: string): Promise<void> {
	await page.getByRole('link', { name: title }).click();
	await page.getByRole('heading', { name: title, level: 1 }).waitFor();
}

/** Returns the row of one file on a tool's page. */
export function uploadRow(page: Page, name: string): Locator {
	return page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });
}

/** At least 64, so that an upload can be seen under way. */
export const MIB = Number(process.env.WEB_UPLOAD_MIB ?? 64);
const FREE_PLAN_MIB = 512;
/** Bytes per second: FAST until some parts are stored, then SLOW, so that the test can act before the upload ends. */
const FAST = (MIB * 1024 ** 2) / 8;
const SLOW = FAST / 8;
/** After 40 MB some parts are stored. */
const UNDER_WAY = /^Uploading ([4-9]\d|\d{3})(\.\d)? MB of|^Uploading \d\.\d GB of/;
export const LONG_WAIT = { timeout: 240_000 };

/** A person whose plan accepts the large file. */
export async function newUploader(): Promise<Person> {
	const person = await newPerson();
	if (MIB > FREE_PLAN_MIB) await subscribe(person);
	return person;
}

/** Chooses a large file and returns while it is being uploaded slowly. */
export async function uploadSlowly(page: Page, { path }: LargeFile): Promise<void> {
	await (await networkOf(page)).slowUploads(FAST);
	await chooseFiles(page, path);
	await untilUnderWay(page);
}

/** Waits until some parts of a large file are stored, and slows the upload then. */
export async function untilUnderWay(page: Page): Promise<void> {
	const network = await networkOf(page);
	await network.slowUploads(FAST);
	await page.getByText(UNDER_WAY).waitFor();
	await network.slowUploads(SLOW);
}

/** Waits at full speed until a large file is uploaded and its job is done. */
export async function finishUpload(page: Page, { name }: LargeFile): Promise<void> {
	await (await networkOf(page)).goOn();
	await uploadRow(page, name)
		.getByText(/smaller/)
		.waitFor(LONG_WAIT);
}

export async function filesOf({ token }: Person): Promise<{ id: string; name: string }[]> {
	return (await call('GET', '/v1/files', { token })).body.data;
}

/** Returns the SHA-256 of everything that was uploaded under the name of a large file. */
export async function uploadedSums(person: Person, { name }: LargeFile): Promise<string[]> {
	const uploaded = (await filesOf(person)).filter((file) => file.name === name);
	const bytes = await Promise.all(uploaded.map(({ id }) => downloadFile(person.token, id)));
	return bytes.map((file) => createHash('sha256').update(file).digest('hex'));
}

/** Makes the browser fail to store files, as with a full disk, after the next load of the page. */
export async function fillDisk(page: Page): Promise<void> {
	await page.addInitScript(() => {
		const put = IDBObjectStore.prototype.put;
		IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...given: Parameters<typeof put>) {
			if (this.name === 'files') throw new DOMException('no room', 'QuotaExceededError');
			return put.apply(this, given);
		};
	});
}
