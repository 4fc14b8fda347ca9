import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { markReady } from '../lifecycle/refresh-file.sql.ts';
import { type FilesService, newUser, startFiles, type TestUser } from '../testing/files-service.ts';
import { countStoreCalls } from '../testing/store-calls.ts';
import { declare, download, MIB, PDF, put, putHalf, upload, uploadReady } from '../testing/uploads.ts';
import { findVisibleFile } from './find-files.sql.ts';

let service: FilesService;
const user = newUser();

beforeAll(async () => {
	service = await startFiles();
});
afterAll(() => service.stop());

const get = (id: string) => service.as(user).get(id);

function row(id: string) {
	return service.prisma.file.findUniqueOrThrow({ where: { id } });
}

describe('a file', () => {
	test('is pending, without a download, until its bytes are there', async () => {
		const { file_id } = await declare(service, user, { size_bytes: 10 });
		const response = await get(file_id);
		expect(response.status).toBe(200);
		expect(response.body.data).toEqual({
			id: file_id,
			...PDF,
			size_bytes: 10,
			storage_tier: 'ephemeral',
			status: 'pending',
			download_url: null,
			created_at: expect.stringMatching(/Z$/),
			expires_at: expect.stringMatching(/Z$/),
		});
	});

	test('is ready, with a download, once its bytes are there', async () => {
		const { file_id } = await upload(service, user, 'the bytes');
		const response = await get(file_id);
		expect(response.body.data.status).toBe('ready');
		expect(response.headers['cache-control']).toBe('no-store');
		const { text, headers } = await download(response.body.data.download_url);
		expect(text).toBe('the bytes');
		expect(headers.get('content-type')).toBe('application/pdf');
	});

	test('stays pending when its upload is cut off', async () => {
		const { file_id, upload_url, headers } = await declare(service, user, { size_bytes: 4 * MIB });
		await putHalf(upload_url, 4 * MIB, 'application/pdf');
		expect((await get(file_id)).body.data.status).toBe('pending');
		expect(await put(upload_url, new Uint8Array(4 * MIB), headers)).toBe(200);
		expect((await get(file_id)).body.data.status).toBe('ready');
	});

	test('stays pending while the store holds another size under its key', async () => {
		const { file_id } = await declare(service, user, { size_bytes: 5 });
		const { storageKey } = await row(file_id);
		const { url } = await service.storage.presignPut({
			key: storageKey,
			contentType: 'application/pdf',
			sizeBytes: 6,
			audience: 'client',
			expiresInSeconds: 60,
		});
		expect(await put(url, 'hello!', { 'content-type': 'application/pdf' })).toBe(200);
		expect((await get(file_id)).body.data).toMatchObject({ status: 'pending', download_url: null });
	});

	test('is downloaded without headers that came with the upload', async () => {
		const { file_id, upload_url, headers } = await declare(service, user, { size_bytes: 9 });
		const strange = {
			'Content-Encoding': 'gzip',
			'Cache-Control': 'public',
			'Content-Disposition': 'inline',
		};
		expect(await put(upload_url, 'the bytes', { ...headers, ...strange })).toBe(200);
		const opened = await service.worker(`inputs/${file_id}/open`, { user_id: user.id });
		for (const url of [(await get(file_id)).body.data.download_url, opened.body.data.download_url]) {
			const { text, headers: got } = await download(url);
			expect([text, got.get('content-encoding'), got.get('cache-control')]).toEqual([
				...['the bytes', 'identity', 'private, no-store'],
			]);
		}
	});

	test('gets one ETag from concurrent reads', async () => {
		const { file_id } = await upload(service, user, 'the bytes');
		const responses = await Promise.all(Array.from({ length: 10 }, () => get(file_id)));
		expect(responses.map((response) => response.body.data?.status)).toEqual(Array(10).fill('ready'));
		const { etag, storageKey } = await row(file_id);
		expect(etag).toBe((await service.storage.headObject(storageKey))?.etag);
	});

	test('keeps its first ETag', async () => {
		const { file_id } = await declare(service, user, { size_bytes: 5 });
		const file = await findVisibleFile(service.deps, { id: file_id, userId: user.id });
		if (!file) throw new Error('no such file');
		const { prisma } = service.deps;
		const ready = [await markReady(prisma, file, '"a"'), await markReady(prisma, file, '"b"')];
		expect(ready.map((row) => row?.etag)).toEqual(['"a"', '"a"']);
	});

	test('stays ready when the same bytes are uploaded again', async () => {
		const { file_id, upload_url, headers } = await uploadReady(service, user, 'the bytes');
		expect(await put(upload_url, 'the bytes', headers)).toBe(200);
		expect((await get(file_id)).status).toBe(200);
	});

	test('whose bytes were overwritten is not found, also after the first bytes come back', async () => {
		const { file_id, upload_url, headers } = await uploadReady(service, user, 'the bytes');
		expect(await put(upload_url, 'other one', headers)).toBe(200);
		const response = await get(file_id);
		expect([response.status, response.body.error.code]).toEqual([404, 'not_found']);
		expect(await put(upload_url, 'the bytes', headers)).toBe(200);
		expect((await get(file_id)).status).toBe(404);
		const { data } = (await service.as(user).list('?limit=100')).body;
		expect(data.map((file: { id: string }) => file.id)).not.toContain(file_id);
	});

	test('whose bytes vanished from the store is not found', async () => {
		const { file_id } = await uploadReady(service, user);
		await service.storage.deleteObjects([(await row(file_id)).storageKey]);
		expect((await get(file_id)).status).toBe(404);
		expect((await row(file_id)).deletedAt).not.toBeNull();
	});

	test('that has expired is not found by any operation', async () => {
		const { file_id } = await uploadReady(service, user);
		await service.prisma.file.update({ where: { id: file_id }, data: { expiresAt: new Date() } });
		const mine = service.as(user);
		const part = { part_number: 1, etag: '"x"' };
		const responses = await Promise.all([
			mine.get(file_id),
			mine.delete(file_id),
			mine.parts(file_id),
			mine.complete(file_id, [part]),
			service.jobs(`inputs/${file_id}/check`, { user_id: user.id }),
			service.worker(`inputs/${file_id}/open`, { user_id: user.id }),
		]);
		expect(responses.map((response) => response.body.error?.code)).toEqual(Array(6).fill('not_found'));
	});

	test('past its deadline is not found, unless its bytes came in time', async () => {
		const [never, came] = [await declare(service, user, { size_bytes: 5 }), await upload(service, user)];
		await service.prisma.file.updateMany({
			where: { id: { in: [never.file_id, came.file_id] } },
			data: { abandonAt: new Date() },
		});
		expect((await get(never.file_id)).status).toBe(404);
		expect((await get(came.file_id)).body.data.status).toBe('ready');
	});

	test('of another user answers as an absent one', async () => {
		const { file_id } = await uploadReady(service, newUser());
		const mine = service.as(user);
		const part = { part_number: 1, etag: '"x"' };
		for (const ask of [mine.get, mine.delete, mine.parts, (id: string) => mine.complete(id, [part])]) {
			const [theirs, nobodys] = [await ask(file_id), await ask(newId('fil'))];
			const { request_id: _, ...said } = theirs.body.error;
			expect(theirs.status).toBe(404);
			expect(nobodys.body.error).toMatchObject(said);
		}
	});
});

test.each([
	'report.pdf',
	'Übergröße – 日本語 😀.pdf',
	'a"b;c\\d.pdf',
	'../../etc/passwd',
	"it's 100% *.pdf",
	'line\nbreak\r\nX-Evil: yes.pdf',
	'-rf',
	'\u202Efdp.exe',
	'e\u0301.pdf',
	'\uFEFF',
	'😀'.repeat(255),
])('a download arrives as an attachment under the name %j', async (name) => {
	const { file_id } = await uploadReady(service, user, 'the bytes', { name });
	const { data } = (await get(file_id)).body;
	expect(data.name).toBe(name);
	const { status, headers } = await download(data.download_url);
	expect(status).toBe(200);
	expect(headers.get('x-evil')).toBeNull();
	expect(savedName(headers.get('content-disposition') ?? '')).toBe(name);
});

/** The name that RFC 6266 has a client save an attachment under. */
function savedName(disposition: string): string {
	if (!disposition.startsWith('attachment; ')) throw new Error(`no attachment: ${disposition}`);
	const extended = /filename\*=UTF-8''([^;]+)/.exec(disposition)?.[1];
	if (extended !== undefined) return decodeURIComponent(extended);
	const quoted = /filename="((?:[^"\\]|\\.)*)"/.exec(disposition)?.[1];
	return quoted?.replaceAll(/\\(.)/g, '$1') ?? /filename=([^;]+)/.exec(disposition)?.[1] ?? '';
}

const check = (id: string, userId: string = user.id) =>
	service.jobs(`inputs/${id}/check`, { user_id: userId });
const open = (id: string, userId: string = user.id) =>
	service.worker(`inputs/${id}/open`, { user_id: userId });

test('checking an input returns its name, type and size as soon as its bytes are there', async () => {
	const { file_id } = await upload(service, user, 'the bytes');
	const response = await check(file_id);
	expect(response.status).toBe(200);
	expect(response.body).toEqual({ data: { name: 'input.pdf', mime_type: 'application/pdf', size_bytes: 9 } });
});

test('opening an input returns a URL of its bytes and its ETag', async () => {
	const { file_id } = await upload(service, user, 'the bytes');
	const response = await open(file_id);
	expect(response.status).toBe(200);
	const { download_url, etag, ...rest } = response.body.data;
	expect(rest).toEqual({ name: 'input.pdf', mime_type: 'application/pdf', size_bytes: 9 });
	const bytes = await fetch(download_url, { headers: { 'If-Match': etag } });
	expect(await bytes.text()).toBe('the bytes');
	expect(bytes.headers.get('etag')).toBe(etag);
});

test('an opened input cannot be read once it was overwritten', async () => {
	const { file_id, upload_url, headers } = await upload(service, user, 'the bytes');
	const { download_url, etag } = (await open(file_id)).body.data;
	expect(await put(upload_url, 'other one', headers)).toBe(200);
	const bytes = await fetch(download_url, { headers: { 'If-Match': etag } });
	await bytes.arrayBuffer();
	expect(bytes.status).toBe(412);
});

describe.each([
	['checking', check],
	['opening', open],
])('%s an input', (_, ask) => {
	test('without its bytes is file_not_uploaded', async () => {
		const { file_id } = await declare(service, user, { size_bytes: 5 });
		const { status, body } = await ask(file_id);
		expect([status, body.error.code]).toEqual([409, 'file_not_uploaded']);
	});

	test('of another user, or absent, is not found', async () => {
		const { file_id } = await uploadReady(service, user);
		expect((await ask(file_id, newUser().id)).body.error.code).toBe('not_found');
		expect((await ask(newId('fil'))).body.error.code).toBe('not_found');
	});

	test('that was deleted is not found', async () => {
		const { file_id } = await uploadReady(service, user);
		await service.as(user).delete(file_id);
		expect((await ask(file_id)).body.error.code).toBe('not_found');
	});

	test('that was overwritten is not found', async () => {
		const { file_id, upload_url, headers } = await uploadReady(service, user, 'the bytes');
		await put(upload_url, 'other one', headers);
		expect((await ask(file_id)).body.error.code).toBe('not_found');
	});

	test('that is an unpublished output is not found', async () => {
		const output = { job_id: newId('job'), user_id: user.id, name: 'a', mime_type: 'a/b', size_bytes: 1 };
		const { file_id } = (await service.worker('outputs', output)).body.data;
		expect((await ask(file_id)).body.error.code).toBe('not_found');
	});
});

test('only jobs may check and only workers may open', async () => {
	const { file_id } = await uploadReady(service, user);
	const body = { user_id: user.id };
	expect((await service.worker(`inputs/${file_id}/check`, body)).status).toBe(401);
	expect((await service.jobs(`inputs/${file_id}/open`, body)).status).toBe(401);
});

interface Row {
	id: string;
	status: string;
}

/** Returns every page of a user's list. */
async function listAll(user: TestUser, limit: number): Promise<Row[][]> {
	const pages: Row[][] = [];
	let cursor: string | null = null;
	do {
		const query = cursor === null ? `?limit=${limit}` : `?limit=${limit}&cursor=${cursor}`;
		const { status, body } = await service.as(user).list(query);
		expect(status).toBe(200);
		pages.push(body.data);
		cursor = body.next_cursor;
	} while (cursor !== null);
	return pages;
}

describe('the list of files', () => {
	test('is empty for a user without files', async () => {
		const response = await service.as(newUser()).list();
		expect(response.body).toEqual({ data: [], next_cursor: null });
	});

	test('lists the newest first, page by page', async () => {
		const user = newUser();
		const ids: string[] = [];
		for (let made = 0; made < 6; made += 1) ids.unshift((await upload(service, user)).file_id);
		for (const limit of [1, 2, 3, 4, 6, 100]) {
			const pages = await listAll(user, limit);
			expect(pages.flat().map((file) => file.id)).toEqual(ids);
			expect(pages).toHaveLength(Math.ceil(6 / limit));
		}
	});

	test('has 20 rows a page by default', async () => {
		const user = newUser();
		for (let made = 0; made < 21; made += 1) await declare(service, user, { size_bytes: 1 });
		expect((await service.as(user).list()).body.data).toHaveLength(20);
	});

	test('shows files as the store has them, without download URLs', async () => {
		const user = newUser();
		const waiting = await declare(service, user, { size_bytes: 5 });
		const { file_id } = await upload(service, user);
		const { data } = (await service.as(user).list()).body;
		expect(data).toEqual([
			expect.objectContaining({ id: file_id, status: 'ready' }),
			expect.objectContaining({ id: waiting.file_id, status: 'pending' }),
		]);
		for (const file of data) expect(file).not.toHaveProperty('download_url');
	});

	test('looks up the newest 20 pending rows of a page in the store, for one page of a user at a time', async () => {
		const user = newUser();
		const oldest = await upload(service, user);
		for (let made = 0; made < 20; made += 1) await declare(service, user, { size_bytes: 1 });
		const newest = await upload(service, user);
		const storeCalls = countStoreCalls(service, 'headObject');
		try {
			const responses = await Promise.all([1, 2, 3, 4].map(() => service.as(user).list('?limit=100')));
			const rows: Row[] = responses[0]?.body.data;
			expect([rows.length, rows[0]]).toEqual([
				22,
				expect.objectContaining({ id: newest.file_id, status: 'ready' }),
			]);
			expect(rows.at(-1)).toMatchObject({ id: oldest.file_id, status: 'pending' });
			expect(storeCalls.calls).toBe(4 * 20);
			expect(storeCalls.maxConcurrent).toBeLessThanOrEqual(16);
		} finally {
			storeCalls.restore();
		}
		expect((await service.as(user).get(oldest.file_id)).body.data.status).toBe('ready');
	});

	test('excludes files that are deleted, expired, abandoned, unpublished, or another user’s', async () => {
		const user = newUser();
		const kept = await uploadReady(service, user);
		const deleted = await uploadReady(service, user);
		await service.as(user).delete(deleted.file_id);
		const expired = await uploadReady(service, user);
		await service.prisma.file.update({ where: { id: expired.file_id }, data: { expiresAt: new Date() } });
		const abandoned = await declare(service, user, { size_bytes: 5 });
		await service.prisma.file.update({ where: { id: abandoned.file_id }, data: { abandonAt: new Date() } });
		const output = { job_id: newId('job'), user_id: user.id, name: 'a.pdf', mime_type: 'a/b', size_bytes: 1 };
		await service.worker('outputs', output);
		await uploadReady(service, newUser());
		expect((await listAll(user, 100)).flat().map((file) => file.id)).toEqual([kept.file_id]);
	});

	test('reaches every file although abandoned ones shorten its pages', async () => {
		const user = newUser();
		const oldest = await upload(service, user);
		const abandoned = [
			await declare(service, user, { size_bytes: 1 }),
			await declare(service, user, { size_bytes: 1 }),
		];
		const ids = abandoned.map((file) => file.file_id);
		await service.prisma.file.updateMany({ where: { id: { in: ids } }, data: { abandonAt: new Date() } });
		expect((await listAll(user, 2)).flat().map((file) => file.id)).toEqual([oldest.file_id]);
	});

	test('continues after a cursor whose file is deleted', async () => {
		const user = newUser();
		const [older, newer] = [await upload(service, user), await upload(service, user)];
		const { next_cursor } = (await service.as(user).list('?limit=1')).body;
		await service.as(user).delete(newer.file_id);
		const { data } = (await service.as(user).list(`?limit=1&cursor=${next_cursor}`)).body;
		expect(data.map((file: Row) => file.id)).toEqual([older.file_id]);
	});

	test.each(['limit=0', 'limit=101', 'limit=1.5', 'limit=x', 'cursor=x', 'cursor=', 'limit=1&limit=2'])(
		'refuses ?%s',
		async (query) => {
			const { status, body } = await service.as(newUser()).list(`?${query}`);
			expect([status, body.error.code]).toEqual([400, 'validation']);
		},
	);

	test('refuses a cursor of another list', async () => {
		const cursor = Buffer.from(newId('job')).toString('base64url');
		expect((await service.as(newUser()).list(`?cursor=${cursor}`)).status).toBe(400);
	});
});
