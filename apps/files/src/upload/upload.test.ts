import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FileRecord } from '../file.ts';
import { toColumns } from '../files.sql.ts';
import { buildFile } from '../testing/build-file.ts';
import { type FilesService, newUser, startFiles } from '../testing/files-service.ts';
import { countStoreCalls } from '../testing/store-calls.ts';
import { declare, download, MIB, PDF, put, putPart, type UploadPart, upload } from '../testing/uploads.ts';
import { createPendingRefresh } from './refresh-pending.ts';

const GIB = 1024 ** 3;
const HOUR_MS = 3_600_000;
const SIZE_BYTES = 11 * MIB;

let service: FilesService;
const user = newUser();

beforeAll(async () => {
	service = await startFiles();
});
afterAll(() => service.stop());

const create = (body: object) => service.as(user).create({ ...PDF, size_bytes: 5, ...body });

describe('creating a file', () => {
	test('returns a URL, valid for an hour, and the headers to send', async () => {
		const response = await create({});
		expect(response.status).toBe(201);
		const { data } = response.body;
		expect(data).toEqual({
			file_id: expect.stringMatching(/^fil_/),
			upload_url: expect.stringContaining('X-Amz-Expires=3600&'),
			expires_at: expect.stringMatching(/Z$/),
			method: 'PUT',
			headers: { 'Content-Type': 'application/pdf' },
		});
		expect(Math.abs(Date.parse(data.expires_at) - Date.now() - HOUR_MS)).toBeLessThan(10_000);
		expect(response.headers['cache-control']).toBe('no-store');
	});

	test.each([
		['longer', 'hello!', 'application/pdf'],
		['shorter', 'hell', 'application/pdf'],
		['of another type', 'hello', 'text/html'],
	])('returns a URL that refuses bytes that are %s', async (_, bytes, type) => {
		const { upload_url } = await declare(service, user, { size_bytes: 5 });
		expect(await put(upload_url, bytes, { 'Content-Type': type })).toBe(403);
		expect(await put(upload_url, 'hello', { 'Content-Type': 'application/pdf' })).toBe(200);
	});

	test.each(['text/plain; charset=utf-8', 'application/x-y; a="b c"; d=e', 'Application/PDF'])(
		'the URL accepts the declared type %s',
		async (mime_type) => {
			const { upload_url, headers } = await declare(service, user, { mime_type, size_bytes: 5 });
			expect(headers).toEqual({ 'Content-Type': mime_type });
			expect(await put(upload_url, 'hello', headers)).toBe(200);
		},
	);

	test.each([
		['no name', { name: undefined }, 'name'],
		['an empty name', { name: '' }, 'name'],
		['256 characters', { name: 'a'.repeat(256) }, 'name'],
		['a size of 0', { size_bytes: 0 }, 'size_bytes'],
		['a size in text', { size_bytes: '5' }, 'size_bytes'],
		['an invalid type', { mime_type: 'pdf' }, 'mime_type'],
		['parts of less than 5 MiB', { size_bytes: 5 * MIB - 1, multipart: true }, 'multipart'],
	])('with %s is a validation error that names the field', async (_, body, path) => {
		const { status, body: response } = await create(body);
		expect([status, response.error.code, response.error.details[0].path]).toEqual([400, 'validation', path]);
	});

	test('with a name of 255 characters beyond the BMP is accepted', async () => {
		expect((await create({ name: '😀'.repeat(255) })).status).toBe(201);
	});

	test('of 10 GiB is accepted, of a byte more is too_large', async () => {
		expect((await create({ size_bytes: 10 * GIB })).status).toBe(201);
		const refused = await create({ size_bytes: 10 * GIB + 1 });
		expect([refused.status, refused.body.error.code]).toEqual([413, 'too_large']);
	});

	test('above the limit of a single PUT returns parts that add up, valid for a day, and where to complete', async () => {
		const data = await declare(service, user, { size_bytes: 5_000_000_001 });
		expect(data.upload_url).toBeNull();
		const { parts, part_size, complete_url } = data.multipart;
		expect(parts.map((part) => part.part_number)).toEqual(parts.map((_, index) => index + 1));
		expect(parts.reduce((sum, part) => sum + part.size, 0)).toBe(5_000_000_001);
		expect(new Set(parts.slice(0, -1).map((part) => part.size))).toEqual(new Set([part_size]));
		expect(complete_url).toBe(`/v1/files/${data.file_id}/complete`);
		expect(Math.abs(Date.parse(data.expires_at) - Date.now() - 24 * HOUR_MS)).toBeLessThan(10_000);
	});

	test('at the limit of a single PUT returns one URL', async () => {
		expect(await declare(service, user, { size_bytes: 5_000_000_000 })).not.toHaveProperty('multipart');
	});

	test('on the free plan stores it as ephemeral, for a day', async () => {
		const { file_id } = await declare(service, user, { size_bytes: 5 });
		const { data } = (await service.as(user).get(file_id)).body;
		expect(data.storage_tier).toBe('ephemeral');
		expect(Date.parse(data.expires_at) - Date.parse(data.created_at)).toBe(24 * HOUR_MS);
	});

	test('on the pro plan stores it as standard, for 30 days', async () => {
		const payer = newUser();
		await service.prisma.account.create({ data: { userId: payer.id, plan: 'pro' } });
		const { file_id } = await declare(service, payer, { size_bytes: 5 });
		const { data } = (await service.as(payer).get(file_id)).body;
		expect(data.storage_tier).toBe('standard');
		expect(Date.parse(data.expires_at) - Date.parse(data.created_at)).toBe(30 * 24 * HOUR_MS);
	});
});

describe('settings', () => {
	test('change limits and lifetimes', async () => {
		const other = await startFiles({
			SINGLE_PUT_LIMIT_BYTES: '1000',
			PUT_URL_TTL_SECONDS: '60',
			PART_URL_TTL_SECONDS: '120',
			DOWNLOAD_URL_TTL_SECONDS: '30',
			PLANS: JSON.stringify({ free: { retentionHours: 2 } }),
			ABANDONED_UPLOAD_HOURS: '1',
		});
		try {
			const small = await declare(other, user, { size_bytes: 1_000 });
			expect(small.upload_url).toContain('X-Amz-Expires=60&');
			const large = await declare(other, user, { size_bytes: 1_001 });
			expect(large.multipart.parts[0]?.upload_url).toContain('X-Amz-Expires=120&');
			await put(small.upload_url, 'a'.repeat(1_000), small.headers);
			const { data } = (await other.as(user).get(small.file_id)).body;
			expect(data.download_url).toContain('X-Amz-Expires=30&');
			expect(Date.parse(data.expires_at) - Date.parse(data.created_at)).toBe(2 * HOUR_MS);
		} finally {
			await other.stop();
		}
	});

	test('let no URL outlive its upload', async () => {
		const other = await startFiles({ ABANDONED_UPLOAD_HOURS: '0.01' });
		try {
			const { expires_at } = await declare(other, user, { size_bytes: 5 });
			expect(Date.parse(expires_at) - Date.now()).toBeLessThanOrEqual(37_000);
		} finally {
			await other.stop();
		}
	});
});

async function begin(): Promise<{ id: string; parts: UploadPart[] }> {
	const { file_id, multipart } = await declare(service, user, { size_bytes: SIZE_BYTES, multipart: true });
	return { id: file_id, parts: multipart.parts };
}

async function beginAndSend() {
	const { id, parts } = await begin();
	const stored = [];
	for (const part of parts) stored.push(await putPart(part));
	return { id, parts, stored };
}

const complete = (id: string, parts: object[]) => service.as(user).complete(id, parts);
const listParts = (id: string) => service.as(user).parts(id);
const withoutUrl = ({ download_url: _, ...file }: Record<string, unknown>) => file;

async function completeInStore(id: string, stored: { part_number: number; etag: string }[]) {
	const { storageKey, uploadId } = await service.prisma.file.findUniqueOrThrow({ where: { id } });
	await service.storage.completeMultipart({
		key: storageKey,
		uploadId: uploadId ?? '',
		sizeBytes: SIZE_BYTES,
		parts: stored.map((part) => ({ partNumber: part.part_number, etag: part.etag })),
	});
}

async function abortInStore(id: string) {
	const { storageKey, uploadId } = await service.prisma.file.findUniqueOrThrow({ where: { id } });
	await service.storage.abortMultipart({ key: storageKey, uploadId: uploadId ?? '' });
}

describe('completing an upload in parts', () => {
	test('makes the file ready, with its parts in order', async () => {
		const { id, parts, stored } = await beginAndSend();
		const response = await complete(id, stored);
		expect(response.status).toBe(200);
		expect(response.body.data).toMatchObject({ id, status: 'ready', size_bytes: SIZE_BYTES });
		const bytes = Buffer.from(await (await fetch(response.body.data.download_url)).arrayBuffer());
		const expected = Buffer.concat(parts.map((part) => Buffer.alloc(part.size, part.part_number)));
		expect(bytes.equals(expected)).toBe(true);
	});

	test('twice returns the same file', async () => {
		const { id, stored } = await beginAndSend();
		const [first, second] = [await complete(id, stored), await complete(id, stored)];
		expect([first.status, second.status]).toEqual([200, 200]);
		expect(withoutUrl(second.body.data)).toEqual(withoutUrl(first.body.data));
	});

	test('five times at once returns the same file', async () => {
		const { id, stored } = await beginAndSend();
		const responses = await Promise.all(Array.from({ length: 5 }, () => complete(id, stored)));
		expect(responses.map((response) => response.status)).toEqual(Array(5).fill(200));
		for (const response of responses) {
			expect(withoutUrl(response.body.data)).toEqual(withoutUrl(responses[0]?.body.data));
		}
	});

	test('works after a process died between the completions in the store and in the database', async () => {
		const { id, stored } = await beginAndSend();
		await completeInStore(id, stored);
		expect((await complete(id, stored)).body.data.status).toBe('ready');
	});

	test('is not needed when the store has completed the upload', async () => {
		const { id, stored } = await beginAndSend();
		await completeInStore(id, stored);
		expect((await service.as(user).get(id)).body.data.status).toBe('ready');
	});

	test('accepts ETags without their quotes', async () => {
		const { id, stored } = await beginAndSend();
		const bare = stored.map((part) => ({ ...part, etag: part.etag.replaceAll('"', '') }));
		expect((await complete(id, bare)).status).toBe(200);
	});

	test('refuses wrong lists, names what is wrong, and loses nothing', async () => {
		const { id, stored } = await beginAndSend();
		const [first, second] = stored;
		const wrong = [
			[[], 'parts'],
			[stored.slice(1), 'parts'],
			[stored.toReversed(), 'parts.1'],
			[[first, first, ...stored.slice(2)], 'parts.0'],
			[[{ ...first, etag: '"0123"' }, ...stored.slice(1)], 'parts.0'],
			[[...stored, { ...second, part_number: 99 }], `parts.${stored.length}`],
			[[{ ...first, part_number: 0 }, ...stored.slice(1)], 'parts.0.part_number'],
			[[{ part_number: 1 }], 'parts.0.etag'],
		] as const;
		for (const [parts, path] of wrong) {
			const { status, body } = await complete(id, parts as object[]);
			expect([status, body.error.code]).toEqual([400, 'validation']);
			expect(body.error.details.map((detail: { path: string }) => detail.path)).toContain(path);
		}
		expect((await complete(id, stored)).status).toBe(200);
	});

	test('refuses 10,000 parts that the upload does not have without asking the store', async () => {
		const { id } = await begin();
		const storeCalls = countStoreCalls(service, 'completeMultipart');
		const made = Array.from({ length: 10_000 }, (_, index) => ({ part_number: index + 1, etag: '"x"' }));
		try {
			const { status, body } = await complete(id, made);
			expect([status, body.error.code]).toEqual([400, 'validation']);
			expect(body.error.details).toEqual([
				{ path: 'parts.3', message: 'this upload has 3 parts; list each once, in ascending order' },
			]);
			expect(storeCalls.calls).toBe(0);
			await complete(id, made.slice(0, 3));
			expect(storeCalls.calls).toBe(1);
		} finally {
			storeCalls.restore();
		}
	});

	test('is done for one upload of a user at a time', async () => {
		const { id, stored } = await beginAndSend();
		const storeCalls = countStoreCalls(service, 'completeMultipart');
		try {
			await Promise.all(Array.from({ length: 4 }, () => complete(id, stored)));
			// The later calls find the file ready.
			expect(storeCalls).toMatchObject({ calls: 1, maxConcurrent: 1 });
		} finally {
			storeCalls.restore();
		}
	});

	test('refuses while a part is missing', async () => {
		const { id, parts } = await begin();
		const stored = await putPart(parts[0] as UploadPart);
		const missing = parts.slice(1).map((part) => ({ part_number: part.part_number, etag: stored.etag }));
		expect((await complete(id, [stored, ...missing])).status).toBe(400);
	});

	test('of an upload that was aborted in the store is file_not_uploaded', async () => {
		const { id, stored } = await beginAndSend();
		await abortInStore(id);
		const { status, body } = await complete(id, stored);
		expect([status, body.error.code]).toEqual([409, 'file_not_uploaded']);
	});

	test('of a file that was deleted is not found', async () => {
		const { id, stored } = await beginAndSend();
		await service.as(user).delete(id);
		expect((await complete(id, stored)).status).toBe(404);
	});

	test('of a single PUT returns the file once its bytes are there', async () => {
		const part = { part_number: 1, etag: '"x"' };
		const waiting = await declare(service, user, { size_bytes: 5 });
		const early = await complete(waiting.file_id, [part]);
		expect([early.status, early.body.error.code]).toEqual([409, 'file_not_uploaded']);
		const { file_id } = await upload(service, user);
		expect((await complete(file_id, [part])).body.data).toMatchObject({ id: file_id, status: 'ready' });
	});

	test('is needed even when all parts are in the store: the file stays pending', async () => {
		const { id } = await beginAndSend();
		expect((await service.as(user).get(id)).body.data).toMatchObject({
			status: 'pending',
			download_url: null,
		});
	});

	test('accepts no part of another length than its URL’s', async () => {
		const [part] = (await begin()).parts;
		if (!part) throw new Error('no part');
		expect(await put(part.upload_url, new Uint8Array(part.size - 1))).toBe(403);
		expect(await put(part.upload_url, new Uint8Array(part.size + 1))).toBe(403);
	});
});

describe('listing the parts of an upload', () => {
	test('returns the stored parts and URLs for the rest, which complete the file', async () => {
		const { id, parts } = await begin();
		const stored = [await putPart(parts[1] as UploadPart)];
		const response = await listParts(id);
		expect(response.status).toBe(200);
		const { data } = response.body;
		expect(data.complete_url).toBe(`/v1/files/${id}/complete`);
		expect(Date.parse(data.expires_at)).toBeGreaterThan(Date.now());
		expect(data.parts.map((part: UploadPart) => [part.part_number, part.size])).toEqual(
			parts.map((part) => [part.part_number, part.size]),
		);
		expect(data.parts[1]).toEqual({ ...stored[0], size: parts[1]?.size });
		const missing = data.parts.filter((part: Partial<UploadPart>) => part.upload_url !== undefined);
		expect(missing).toHaveLength(parts.length - 1);
		for (const part of missing) stored.push(await putPart(part));
		const inOrder = stored.toSorted((a, b) => a.part_number - b.part_number);
		expect((await complete(id, inOrder)).status).toBe(200);
	});

	test('answers one request of a user at a time, and other users meanwhile', async () => {
		const { id } = await begin();
		const { store } = service.deps;
		const { listParts: listInStore } = store;
		const open = new Map<string, number>();
		let mostOfOne = 0;
		store.listParts = async (upload) => {
			const count = (open.get(upload.key) ?? 0) + 1;
			open.set(upload.key, count);
			mostOfOne = Math.max(mostOfOne, count);
			try {
				return await listInStore(upload);
			} finally {
				open.set(upload.key, (open.get(upload.key) ?? 0) - 1);
			}
		};
		try {
			const other = newUser();
			const others = await declare(service, other, { size_bytes: SIZE_BYTES, multipart: true });
			const responses = await Promise.all([
				...Array.from({ length: 10 }, () => listParts(id)),
				service.as(other).parts(others.file_id),
			]);
			expect(responses.map(({ status }) => status)).toEqual(Array(11).fill(200));
			expect(mostOfOne).toBe(1);
		} finally {
			store.listParts = listInStore;
		}
	});

	test('returns no URL that outlives the upload', async () => {
		const { id } = await begin();
		const end = new Date(Date.now() + 600_000);
		await service.prisma.file.update({ where: { id }, data: { abandonAt: end, uploadUrlExpiresAt: end } });
		const { data } = (await listParts(id)).body;
		expect(Date.parse(data.expires_at)).toBeLessThanOrEqual(end.getTime() + 1_000);
	});

	test.each([
		['a single PUT', async () => (await upload(service, user)).file_id],
		[
			'an upload that is complete',
			async () => {
				const { id, stored } = await beginAndSend();
				await complete(id, stored);
				return id;
			},
		],
		[
			'an upload that was aborted in the store',
			async () => {
				const { id } = await begin();
				await abortInStore(id);
				return id;
			},
		],
	])('refuses %s', async (_, make) => {
		const { status, body } = await listParts(await make());
		expect([status, body.error.code]).toEqual([400, 'validation']);
	});
});

test('a file uploaded in parts is downloaded under its own name', async () => {
	const { id, stored } = await beginAndSend();
	const { download_url } = (await complete(id, stored)).body.data;
	const { headers } = await download(download_url);
	expect(headers.get('content-disposition')).toMatch(/^attachment; filename="?input.pdf"?/);
	expect(headers.get('content-type')).toBe('application/pdf');
});

describe('the refresh of pending uploads', () => {
	async function insertPending(userId: string, count: number, change: Partial<FileRecord> = {}) {
		const files = Array.from({ length: count }, () => {
			const id = newId('fil');
			return buildFile({ id, userId, storageKey: `files/${id}`, ...change });
		});
		await service.prisma.file.createMany({ data: files.map(toColumns) });
		return files;
	}

	/** Returns a refresh with a store that has the bytes of `uploaded`, and how many files it has looked up. */
	function newRefresh(uploaded: readonly FileRecord[], monotonicMs?: () => number) {
		const keys = new Set(uploaded.map(({ storageKey }) => storageKey));
		let lookups = 0;
		const headObject = async (key: string) => {
			lookups += 1;
			if (!keys.has(key)) return null;
			return { etag: '"a"', sizeBytes: 10, modifiedAt: new Date(), hasUnsignedHeaders: false };
		};
		const deps = { ...service.deps, store: { ...service.deps.store, headObject } };
		return { refresh: createPendingRefresh(deps, monotonicMs), lookups: () => lookups };
	}

	const countReady = (userId: string) => service.prisma.file.count({ where: { userId, status: 'ready' } });

	test('finds uploaded files behind a hundred older ones that never received their bytes', async () => {
		const user = newUser();
		await insertPending(user.id, 100);
		await delay(5);
		const uploaded = await insertPending(user.id, 900);
		const { refresh, lookups } = newRefresh(uploaded);
		await refresh(user.id);
		expect(lookups()).toBe(100);
		expect(await countReady(user.id)).toBeGreaterThan(50);
	});

	test('looks up no upload after its deadline', async () => {
		const user = newUser();
		await insertPending(user.id, 1, { abandonAt: new Date(Date.now() - 1_000) });
		const uploaded = await insertPending(user.id, 1);
		const { refresh, lookups } = newRefresh(uploaded);
		await refresh(user.id);
		expect(lookups()).toBe(1);
		expect(await countReady(user.id)).toBe(1);
	});

	test('that found none is repeated only after 30 s, also for concurrent calls, and separately for each user', async () => {
		const [user, other] = [newUser(), newUser()];
		await insertPending(user.id, 2);
		await insertPending(other.id, 1);
		let nowMs = 1_000;
		const { refresh, lookups } = newRefresh([], () => nowMs);
		await Promise.all([refresh(user.id), refresh(user.id), refresh(user.id)]);
		expect(lookups()).toBe(2);
		nowMs += 29_000;
		expect(await refresh(user.id)).toBe(false);
		expect(lookups()).toBe(2);
		expect(await refresh(other.id)).toBe(true);
		expect(lookups()).toBe(3);
		await delay(5);
		nowMs += 2_000;
		expect(await refresh(user.id)).toBe(true);
		expect(lookups()).toBe(5);
	});

	test('that found one is repeated at once', async () => {
		const user = newUser();
		const uploaded = await insertPending(user.id, 101);
		const { refresh } = newRefresh(uploaded);
		await refresh(user.id);
		expect(await refresh(user.id)).toBe(true);
		expect(await countReady(user.id)).toBe(101);
	});
});
