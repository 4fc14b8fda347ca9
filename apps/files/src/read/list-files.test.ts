import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type FilesService, newUser, startFiles, type TestUser } from '../testing/files-service.ts';
import { countStoreCalls } from '../testing/store-calls.ts';
import { declare, upload, uploadReady } from '../testing/uploads.ts';

let service: FilesService;

beforeAll(async () => {
	service = await startFiles();
});
afterAll(() => service.stop());

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
