import { newId } from '@creatorr/contracts/ids';
import type { Counts } from '@creatorr/service/lease';
import { requireTestVariable } from '@creatorr/testing/environment';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { LEASE } from '../leases.sql.ts';
import { sweep } from '../sweep/sweep.ts';
import { type FilesService, newUser, startFiles } from '../testing/files-service.ts';
import {
	declare,
	MIB,
	OLD_AT_ONCE_MS,
	put,
	putPart,
	type UploadPart,
	upload,
	uploadReady,
} from '../testing/uploads.ts';
import { reconcile } from './reconcile.ts';
import type { PageSize } from './reconcile-page.ts';

const HOUR_MS = 3_600_000;
const running = new AbortController().signal;
const user = newUser();
/** A few files fill several pages. */
const SMALL_PAGES: PageSize = { objects: 3, lookups: 2 };

const SERVERS = [
	['the local endpoint', 'TEST_S3_ENDPOINT'],
	['Ceph radosgw', 'TEST_RGW_ENDPOINT'],
] as const;

describe.each(SERVERS)('reconciliation on %s', (_, variable) => {
	let service: FilesService;

	beforeAll(async () => {
		service = await startFiles({}, { s3Endpoint: requireTestVariable(variable) });
	});
	beforeEach(async () => {
		await service.prisma.scheduledTask.deleteMany();
	});
	afterAll(() => service.stop());

	const storedTask = () =>
		service.prisma.scheduledTask.findUniqueOrThrow({ where: { name: 'reconciliation' } });

	const recordLastRun = (lastBegunAt: Date) =>
		service.prisma.scheduledTask.create({ data: { name: 'reconciliation', lastBegunAt } });
	const makeDue = (more: { lastBegunAt?: Date } = {}) =>
		service.prisma.scheduledTask.updateMany({ data: { dueAt: new Date(0), ...more } });

	interface Run {
		size?: PageSize;
		stopping?: AbortSignal;
		store?: Partial<FilesService['deps']['store']>;
		objectsPerSecond?: number;
		/** At which age orphans are removed; at once unless given. */
		orphanAfterMs?: number;
	}

	async function run(options: Run = {}) {
		const {
			size,
			stopping = running,
			store = {},
			orphanAfterMs = OLD_AT_ONCE_MS,
			objectsPerSecond = 1_000_000,
		} = options;
		const { deps } = service;
		const overrides = {
			...(size && { pageSize: size }),
			store: { ...deps.store, ...store },
			policy: { ...deps.policy, orphanAfterMs, objectsPerSecond },
		};
		await reconcile.run({ ...deps, ...overrides }, stopping);
		return (await storedTask()).lastCounts;
	}

	const row = (id: string) => service.prisma.file.findUniqueOrThrow({ where: { id } });
	const stored = (key: string) => service.storage.headObject(key);

	/** Stores an object under a key without a row. */
	async function storeOrphan(key = `files/${newId('fil')}`): Promise<string> {
		await service.storage.putText({ key, text: 'orphan' });
		return key;
	}

	async function lose(id: string): Promise<void> {
		await service.storage.deleteObjects([(await row(id)).storageKey]);
	}

	test('changes nothing that belongs together or is being uploaded', async () => {
		const ready = await uploadReady(service, user);
		const unasked = await upload(service, user);
		const declared = await declare(service, user, { size_bytes: 5 });
		const inParts = await declare(service, user, { size_bytes: 6 * MIB, multipart: true });
		await putPart(inParts.multipart.parts[0] as UploadPart);
		expect(await run()).toMatchObject({ orphans: 0, lost: 0 });
		for (const { file_id } of [ready, unasked])
			expect(await stored((await row(file_id)).storageKey)).not.toBeNull();
		expect(await put(declared.upload_url, 'hello', declared.headers)).toBe(200);
		const { storageKey: key, uploadId } = await row(inParts.file_id);
		expect(await service.storage.listParts({ key, uploadId: uploadId ?? '' })).toHaveLength(1);
	});

	test('removes objects without a row, over many pages, and none under keys of other software', async () => {
		const kept = await uploadReady(service, user);
		// Radosgw lists unfinished multipart uploads under keys of its own.
		const before = ((await run()) as Counts).strange ?? 0;
		await service.prisma.scheduledTask.deleteMany();
		const orphans = [];
		for (let made = 0; made < 7; made += 1) orphans.push(await storeOrphan());
		const others = ['files/readme.txt', 'other/files/a', `file${newId('fil')}`];
		for (const key of others) await storeOrphan(key);
		expect(await run({ size: SMALL_PAGES })).toMatchObject({
			orphans: 7,
			lost: 0,
			strange: before + 1,
		});
		for (const key of orphans) expect(await stored(key)).toBeNull();
		for (const key of others) expect(await stored(key)).not.toBeNull();
		expect((await service.as(user).get(kept.file_id)).status).toBe(200);
	});

	test('keeps an object without a row that is new by the store’s clock, or by the time in its key', async () => {
		const young = await storeOrphan();
		const oldName = await storeOrphan('files/fil_01ARZ3NDEKTSV4RRFFQ69G5FAV');
		expect(await run({ orphanAfterMs: HOUR_MS })).toMatchObject({ orphans: 0 });
		// A store whose clock is years behind.
		const listObjects: FilesService['deps']['store']['listObjects'] = async (after, limit) => {
			const page = await service.deps.store.listObjects(after, limit);
			return { ...page, objects: page.objects.map((object) => ({ ...object, modifiedAt: new Date(0) })) };
		};
		await service.prisma.scheduledTask.deleteMany();
		expect(await run({ orphanAfterMs: HOUR_MS, store: { listObjects } })).toMatchObject({ orphans: 1 });
		expect([(await stored(young)) !== null, (await stored(oldName)) !== null]).toEqual([true, false]);
		await service.storage.deleteObjects([young]);
	});

	test('keeps objects that a restored database has lost, however new, until an operator allows their removal', async () => {
		await recordLastRun(new Date(Date.now() - 2 * HOUR_MS));
		const lost = await storeOrphan();
		const older = await storeOrphan('files/fil_01ARZ3NDEKTSV4RRFFQ69G5FAV');
		expect(await run({ orphanAfterMs: HOUR_MS })).toMatchObject({ orphans: 0, newer_than_database: 1 });
		await makeDue();
		expect(await run()).toMatchObject({ orphans: 1, newer_than_database: 1 });
		expect([(await stored(lost)) !== null, (await stored(older)) !== null]).toEqual([true, false]);
		await makeDue({ lastBegunAt: new Date() });
		expect(await run()).toMatchObject({ orphans: 1, newer_than_database: 0 });
		expect(await stored(lost)).toBeNull();
	});

	test('removes bytes that came after the last sweep of a deleted file', async () => {
		await recordLastRun(new Date(Date.now() - 2 * HOUR_MS));
		const { file_id, upload_url, headers } = await uploadReady(service, user, 'the bytes');
		await service.as(user).delete(file_id);
		await service.prisma.file.update({
			where: { id: file_id },
			data: { uploadUrlExpiresAt: new Date(Date.now() - 10 * HOUR_MS) },
		});
		await sweep(service.deps, running);
		expect((await row(file_id)).bytesRemovedAt).not.toBeNull();
		expect(await put(upload_url, 'the bytes', headers)).toBe(200);
		expect(await run()).toMatchObject({ orphans: 1, newer_than_database: 0 });
		expect(await stored((await row(file_id)).storageKey)).toBeNull();
	});

	test('deletes files whose object is missing', async () => {
		const files = [];
		for (let made = 0; made < 7; made += 1) files.push(await uploadReady(service, user));
		const lost = files.filter((_file, index) => index !== 3);
		for (const { file_id } of lost) await lose(file_id);
		expect(await run({ size: SMALL_PAGES })).toMatchObject({ lost: 6, orphans: 0 });
		const { data } = (await service.as(user).list('?limit=100')).body;
		const listed = data.map((file: { id: string }) => file.id);
		for (const { file_id } of lost) expect(listed).not.toContain(file_id);
		expect(listed).toContain(files[3]?.file_id);
	});

	test('deletes a file that was overwritten', async () => {
		const { file_id, upload_url, headers } = await uploadReady(service, user, 'the bytes');
		await put(upload_url, 'other one', headers);
		expect(await run()).toMatchObject({ lost: 1 });
		expect((await row(file_id)).deletedAt).not.toBeNull();
	});

	test('counts no file as lost that its owner deleted meanwhile', async () => {
		const { file_id } = await uploadReady(service, user);
		const { storageKey } = await row(file_id);
		await lose(file_id);
		const headObject: FilesService['deps']['store']['headObject'] = async (key) => {
			if (key === storageKey) expect((await service.as(user).delete(file_id)).status).toBe(204);
			return service.deps.store.headObject(key);
		};
		expect(await run({ store: { headObject } })).toMatchObject({ lost: 0 });
	});

	describe('after a restore that changed ETags', () => {
		/** Makes a file whose upload URL expired this long ago. */
		async function uploadExpired(expiredMs: number): Promise<{ id: string; key: string }> {
			const { file_id: id } = await uploadReady(service, user, 'the bytes');
			const uploadUrlExpiresAt = new Date(Date.now() - expiredMs);
			const { storageKey } = await service.prisma.file.update({
				where: { id },
				data: { uploadUrlExpiresAt },
			});
			return { id, key: storageKey };
		}

		/** Writes an object again as rclone does; other bytes, because only a large object has several ETags for the same bytes. */
		const writeCopy = (key: string, sizeBytes = 9) =>
			service.storage.putText({ key, text: 'x'.repeat(sizeBytes) });

		async function restoreCopy(expiredMs: number, { sizeBytes = 9 } = {}): Promise<string> {
			const { id, key } = await uploadExpired(expiredMs);
			await writeCopy(key, sizeBytes);
			return id;
		}

		test('keeps a file whose object was written after every upload URL, and adopts the ETag', async () => {
			const id = await restoreCopy(7 * HOUR_MS);
			expect(await run()).toMatchObject({ restored: 1, lost: 0 });
			const { etag, storageKey, deletedAt } = await row(id);
			expect([etag, deletedAt]).toEqual([(await stored(storageKey))?.etag, null]);
			expect((await service.worker(`inputs/${id}/open`, { user_id: user.id })).body.data.etag).toBe(etag);
			await service.prisma.scheduledTask.deleteMany();
			expect(await run()).toMatchObject({ restored: 0, lost: 0 });
		});

		test('keeps files whose objects are restored between the listing and the look-up', async () => {
			const missing = await uploadExpired(7 * HOUR_MS);
			const other = await uploadExpired(7 * HOUR_MS);
			await service.storage.deleteObjects([missing.key]);
			await writeCopy(other.key, 8);
			const listObjects: FilesService['deps']['store']['listObjects'] = async (after, limit) => {
				const page = await service.deps.store.listObjects(after, limit);
				for (const { key } of [missing, other]) await writeCopy(key);
				return page;
			};
			expect(await run({ store: { listObjects } })).toMatchObject({ restored: 2, lost: 0 });
			for (const { id, key } of [missing, other]) {
				expect(await row(id)).toMatchObject({ etag: (await stored(key))?.etag, deletedAt: null });
			}
		});

		test('keeps a file that was uploaded in parts, whose URLs ended with the upload', async () => {
			const { file_id, multipart } = await declare(service, user, { size_bytes: 6 * MIB, multipart: true });
			const parts = [];
			for (const part of multipart.parts) parts.push(await putPart(part));
			expect((await service.as(user).complete(file_id, parts)).status).toBe(200);
			await service.storage.putText({ key: (await row(file_id)).storageKey, text: 'x'.repeat(6 * MIB) });
			expect(await run()).toMatchObject({ restored: 1, lost: 0 });
			expect((await row(file_id)).deletedAt).toBeNull();
		});

		test('deletes a file whose object an upload may have written that started before the URL expired', async () => {
			const id = await restoreCopy(5 * HOUR_MS);
			expect(await run()).toMatchObject({ restored: 0, lost: 1 });
			expect((await row(id)).deletedAt).not.toBeNull();
		});

		test('deletes a file whose object has another size', async () => {
			const id = await restoreCopy(7 * HOUR_MS, { sizeBytes: 8 });
			expect(await run()).toMatchObject({ restored: 0, lost: 1 });
			expect((await row(id)).deletedAt).not.toBeNull();
		});
	});

	test('keeps a file whose bytes came between the listing and the read of its row', async () => {
		const late: string[] = [];
		const listObjects: FilesService['deps']['store']['listObjects'] = async (after, limit) => {
			const page = await service.deps.store.listObjects(after, limit);
			late.push((await uploadReady(service, user)).file_id);
			return page;
		};
		expect(await run({ store: { listObjects } })).toMatchObject({ lost: 0 });
		for (const id of late) expect((await row(id)).deletedAt).toBeNull();
	});

	test('continues where it was stopped, and counts the whole run', async () => {
		for (let made = 0; made < 7; made += 1) await storeOrphan();
		const stopping = new AbortController();
		let pages = 0;
		const listObjects: FilesService['deps']['store']['listObjects'] = (after, limit) => {
			pages += 1;
			if (pages === 2) stopping.abort();
			return service.deps.store.listObjects(after, limit);
		};
		await run({ size: SMALL_PAGES, stopping: stopping.signal, store: { listObjects } });
		const { position, leaseToken, lastEndedAt } = await storedTask();
		expect([leaseToken, lastEndedAt]).toEqual([null, null]);
		expect(position).toMatch(/^files\/fil_/);
		const begins: string[] = [];
		const listen: typeof listObjects = (after, limit) => {
			begins.push(after);
			return service.deps.store.listObjects(after, limit);
		};
		expect(await run({ size: SMALL_PAGES, store: { listObjects: listen } })).toMatchObject({ orphans: 7 });
		expect(begins[0]).toBe(position);
	});

	test('keeps to its rate, and stops at once', async () => {
		const orphans: string[] = [];
		while (orphans.length < 4) orphans.push(await storeOrphan());
		const stopping = new AbortController();
		let pages = 0;
		const listObjects: FilesService['deps']['store']['listObjects'] = (after, limit) => {
			pages += 1;
			return service.deps.store.listObjects(after, limit);
		};
		const going = run({
			size: SMALL_PAGES,
			stopping: stopping.signal,
			store: { listObjects },
			objectsPerSecond: 0.001,
		});
		await waitFor(async () => expect((await storedTask()).position).not.toBe(''));
		await new Promise((resolve) => setTimeout(resolve, 200));
		expect(pages).toBe(1);
		stopping.abort();
		await going;
		expect(await storedTask()).toMatchObject({ leaseToken: null, lastEndedAt: null });
		await service.storage.deleteObjects(orphans);
	});

	test('runs in one process at a time, and in another once that one has died', async () => {
		const orphan = await storeOrphan();
		const leases = LEASE.store(service.deps);
		const died = await leases.acquire('reconciliation', 600_000);
		await run();
		expect(await stored(orphan)).not.toBeNull();
		await service.prisma.scheduledTask.updateMany({ data: { leaseUntil: new Date(Date.now() - 1) } });
		expect(await run()).toMatchObject({ orphans: 1 });
		// It was only frozen, and its late calls change nothing.
		if (!died) throw new Error('the lease was not acquired');
		expect(await leases.renew(died, 600_000)).toBe(false);
		await leases.finish(died, { nextInMs: 0 });
		expect((await storedTask()).lastCounts).toMatchObject({ orphans: 1 });
	});

	test('is not due again before its time', async () => {
		await run();
		const orphan = await storeOrphan();
		await run();
		expect(await stored(orphan)).not.toBeNull();
		// A start after the object's creation: newer objects without a row are kept.
		await makeDue({ lastBegunAt: new Date() });
		await run();
		expect(await stored(orphan)).toBeNull();
	});

	test('repeats a page after a crash in the middle of it', async () => {
		const [orphan, { file_id }] = [await storeOrphan(), await uploadReady(service, user)];
		await lose(file_id);
		const headObject = () => Promise.reject(new Error('crash'));
		await expect(run({ store: { headObject } })).rejects.toThrow('crash');
		expect(await storedTask()).toMatchObject({ failure: 'crash', leaseToken: null, lastEndedAt: null });
		expect([await stored(orphan), (await row(file_id)).deletedAt]).toEqual([null, null]);
		await service.prisma.scheduledTask.updateMany({ data: { dueAt: new Date() } });
		expect(await run()).toMatchObject({ lost: 1 });
		expect(await storedTask()).toMatchObject({ failure: null });
	});
});
