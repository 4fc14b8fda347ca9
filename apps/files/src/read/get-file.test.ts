import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { markReady } from '../lifecycle/refresh-file.sql.ts';
import { type FilesService, newUser, startFiles } from '../testing/files-service.ts';
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
