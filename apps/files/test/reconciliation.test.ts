import { newId } from '@creatorr/contracts/ids';
import { requireTestVariable } from '@creatorr/testing/environment';
import { until } from '@creatorr/testing/until';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Counts } from '../src/domain/ports.ts';
import { reconcile } from '../src/domain/sweep/reconcile.ts';
import type { PageSize } from '../src/domain/sweep/reconcile-page.ts';
import { sweep } from '../src/domain/sweep/sweep.ts';
import { type FilesService, newUser, startFiles } from './support/files-service.ts';
import { declare, MIB, put, putPart, type UploadPart, upload, uploadReady } from './support/uploads.ts';

const HOUR_MS = 3_600_000;
const running = new AbortController().signal;
const user = newUser();
/** So that a few files fill several pages. */
const SMALL_PAGES: PageSize = { objects: 3, lookups: 2 };

const SERVERS = [
	['the local endpoint', 'TEST_S3_ENDPOINT'],
	['Ceph radosgw', 'TEST_RGW_ENDPOINT'],
] as const;

describe.each(SERVERS)('a comparison of rows and bucket on %s', (_, variable) => {
	let service: FilesService;

	beforeAll(async () => {
		service = await startFiles({}, { s3Endpoint: requireTestVariable(variable) });
	});
	beforeEach(async () => {
		await service.prisma.chore.deleteMany();
	});
	afterAll(() => service.stop());

	const chore = () => service.prisma.chore.findUniqueOrThrow({ where: { name: 'reconciliation' } });

	interface Run {
		size?: PageSize;
		stopping?: AbortSignal;
		store?: Partial<FilesService['dependencies']['store']>;
		objectsPerSecond?: number;
		/** How old bytes must be that are removed; those of a test are as old as the test. */
		orphanAfterMs?: number;
	}

	async function run(options: Run = {}) {
		const { size, stopping = running, store = {}, orphanAfterMs = 0, objectsPerSecond = 1_000_000 } = options;
		const { dependencies } = service;
		const deps = {
			...dependencies,
			store: { ...dependencies.store, ...store },
			policy: { ...dependencies.policy, orphanAfterMs, objectsPerSecond },
		};
		await reconcile(deps, stopping, size);
		return (await chore()).lastCounts;
	}

	const row = (id: string) => service.prisma.file.findUniqueOrThrow({ where: { id } });
	const stored = (key: string) => service.storage.headObject(key);

	/** Bytes under a key that no row knows of. */
	async function storeOrphan(key = `files/${newId('fil')}`): Promise<string> {
		await service.storage.putText({ key, text: 'orphan' });
		return key;
	}

	/** Stores list whole seconds: what was stored in this one counts as old from the next on. */
	const untilOld = () => new Promise((resolve) => setTimeout(resolve, 1_100));

	async function lose(id: string): Promise<void> {
		await service.storage.deleteObjects([(await row(id)).storageKey]);
	}

	test('leaves alone what belongs together, and what is being uploaded', async () => {
		const ready = await uploadReady(service, user);
		const unasked = await upload(service, user);
		const declared = await declare(service, user, { size_bytes: 5 });
		const inParts = await declare(service, user, { size_bytes: 6 * MIB, multipart: true });
		await putPart(inParts.multipart.parts[0] as UploadPart);
		await untilOld();
		expect(await run()).toMatchObject({ orphans: 0, lost: 0 });
		for (const { file_id } of [ready, unasked])
			expect(await stored((await row(file_id)).storageKey)).not.toBeNull();
		expect(await put(declared.upload_url, 'hello', declared.headers)).toBe(200);
		const { storageKey: key, uploadId } = await row(inParts.file_id);
		expect(await service.storage.listParts({ key, uploadId: uploadId ?? '' })).toHaveLength(1);
	});

	test('removes objects that no row knows of, over many pages, and nothing outside our names', async () => {
		const kept = await uploadReady(service, user);
		// Radosgw lists uploads in parts that are under way, under names of its own.
		const before = ((await run()) as Counts).strange ?? 0;
		await service.prisma.chore.deleteMany();
		const orphans = [];
		for (let made = 0; made < 7; made += 1) orphans.push(await storeOrphan());
		const others = ['files/readme.txt', 'other/files/a', `file${newId('fil')}`];
		for (const key of others) await storeOrphan(key);
		await untilOld();
		expect(await run({ size: SMALL_PAGES })).toMatchObject({
			orphans: 7,
			lost: 0,
			strange: before + 1,
		});
		for (const key of orphans) expect(await stored(key)).toBeNull();
		for (const key of others) expect(await stored(key)).not.toBeNull();
		expect((await service.as(user).get(kept.file_id)).status).toBe(200);
	});

	test('leaves an object without a row that is young by the store’s clock, or by that of its name', async () => {
		const young = await storeOrphan();
		const oldName = await storeOrphan('files/fil_01ARZ3NDEKTSV4RRFFQ69G5FAV');
		await untilOld();
		expect(await run({ orphanAfterMs: HOUR_MS })).toMatchObject({ orphans: 0 });
		// A store whose clock is days behind.
		const list: FilesService['dependencies']['store']['list'] = async (after, limit) => {
			const page = await service.dependencies.store.list(after, limit);
			return { ...page, objects: page.objects.map((object) => ({ ...object, modifiedAt: new Date(0) })) };
		};
		await service.prisma.chore.deleteMany();
		expect(await run({ orphanAfterMs: HOUR_MS, store: { list } })).toMatchObject({ orphans: 1 });
		expect([(await stored(young)) !== null, (await stored(oldName)) !== null]).toEqual([true, false]);
		await service.storage.deleteObjects([young]);
	});

	test('leaves what came after the last comparison that the database remembers until the next one', async () => {
		// As when the database was put back to the state of two hours ago.
		const lastBegunAt = new Date(Date.now() - 2 * HOUR_MS);
		await service.prisma.chore.create({ data: { name: 'reconciliation', lastBegunAt } });
		const unknown = await storeOrphan();
		const older = await storeOrphan('files/fil_01ARZ3NDEKTSV4RRFFQ69G5FAV');
		await untilOld();
		expect(await run()).toMatchObject({ orphans: 1, unremembered: 1 });
		expect([(await stored(unknown)) !== null, (await stored(older)) !== null]).toEqual([true, false]);
		await service.prisma.chore.update({ where: { name: 'reconciliation' }, data: { dueAt: new Date(0) } });
		expect(await run()).toMatchObject({ orphans: 1, unremembered: 0 });
		expect(await stored(unknown)).toBeNull();
	});

	test('removes bytes that came after all of a deleted file was removed', async () => {
		const { file_id, upload_url, headers } = await uploadReady(service, user, 'the bytes');
		await service.as(user).delete(file_id);
		await service.prisma.file.update({
			where: { id: file_id },
			data: { uploadUrlExpiresAt: new Date(Date.now() - 10 * HOUR_MS) },
		});
		await sweep(service.dependencies, running);
		expect((await row(file_id)).bytesRemovedAt).not.toBeNull();
		expect(await put(upload_url, 'the bytes', headers)).toBe(200);
		await untilOld();
		expect(await run()).toMatchObject({ orphans: 1 });
		expect(await stored((await row(file_id)).storageKey)).toBeNull();
	});

	test('has the API say of a file whose object is gone that there is none', async () => {
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

	test('has the API say the same of a file that was overwritten', async () => {
		const { file_id, upload_url, headers } = await uploadReady(service, user, 'the bytes');
		await put(upload_url, 'other one', headers);
		expect(await run()).toMatchObject({ lost: 1 });
		expect((await row(file_id)).deletedAt).not.toBeNull();
	});

	test('keeps a file whose bytes came between the listing and the look at its row', async () => {
		const late: string[] = [];
		const list: FilesService['dependencies']['store']['list'] = async (after, limit) => {
			const page = await service.dependencies.store.list(after, limit);
			late.push((await uploadReady(service, user)).file_id);
			return page;
		};
		expect(await run({ store: { list } })).toMatchObject({ lost: 0 });
		for (const id of late) expect((await row(id)).deletedAt).toBeNull();
	});

	test('goes on where it was stopped, and counts the whole', async () => {
		for (let made = 0; made < 7; made += 1) await storeOrphan();
		await untilOld();
		const stopping = new AbortController();
		let pages = 0;
		const list: FilesService['dependencies']['store']['list'] = (after, limit) => {
			pages += 1;
			if (pages === 2) stopping.abort();
			return service.dependencies.store.list(after, limit);
		};
		await run({ size: SMALL_PAGES, stopping: stopping.signal, store: { list } });
		const { position, leaseToken, lastEndedAt } = await chore();
		expect([leaseToken, lastEndedAt]).toEqual([null, null]);
		expect(position).toMatch(/^files\/fil_/);
		const begins: string[] = [];
		const listen: typeof list = (after, limit) => {
			begins.push(after);
			return service.dependencies.store.list(after, limit);
		};
		expect(await run({ size: SMALL_PAGES, store: { list: listen } })).toMatchObject({ orphans: 7 });
		expect(begins[0]).toBe(position);
	});

	test('goes no faster than it may, and stops at once all the same', async () => {
		const orphans: string[] = [];
		while (orphans.length < 4) orphans.push(await storeOrphan());
		const stopping = new AbortController();
		let pages = 0;
		const list: FilesService['dependencies']['store']['list'] = (after, limit) => {
			pages += 1;
			return service.dependencies.store.list(after, limit);
		};
		const going = run({
			size: SMALL_PAGES,
			stopping: stopping.signal,
			store: { list },
			objectsPerSecond: 0.001,
		});
		await until(async () => expect((await chore()).position).not.toBe(''));
		await new Promise((resolve) => setTimeout(resolve, 200));
		expect(pages).toBe(1);
		stopping.abort();
		await going;
		expect(await chore()).toMatchObject({ leaseToken: null, lastEndedAt: null });
		await service.storage.deleteObjects(orphans);
	});

	test('is one process’s at a time, and another’s once that one has died', async () => {
		const orphan = await storeOrphan();
		await untilOld();
		const died = await service.dependencies.chores.take('reconciliation', 600_000);
		await run();
		expect(await stored(orphan)).not.toBeNull();
		await service.prisma.chore.updateMany({ data: { leaseUntil: new Date(Date.now() - 1) } });
		expect(await run()).toMatchObject({ orphans: 1 });
		// It was only frozen: what it says now counts no more.
		if (!died) throw new Error('nobody got the turn');
		expect(await service.dependencies.chores.keep(died, 600_000)).toBe(false);
		await service.dependencies.chores.finish(died, 0);
		expect((await chore()).lastCounts).toMatchObject({ orphans: 1 });
	});

	test('is not due again before its time', async () => {
		await run();
		const orphan = await storeOrphan();
		await untilOld();
		await run();
		expect(await stored(orphan)).not.toBeNull();
		// A later one than the bytes: what came after it is left for another.
		await service.prisma.chore.updateMany({ data: { dueAt: new Date(), lastBegunAt: new Date() } });
		await run();
		expect(await stored(orphan)).toBeNull();
	});

	test('goes on after a crash in the middle of a page, and does that page again', async () => {
		const [orphan, { file_id }] = [await storeOrphan(), await uploadReady(service, user)];
		await lose(file_id);
		await untilOld();
		const head = () => Promise.reject(new Error('crash'));
		await expect(run({ store: { head } })).rejects.toThrow('crash');
		expect(await chore()).toMatchObject({ failure: 'crash', leaseToken: null, lastEndedAt: null });
		expect([await stored(orphan), (await row(file_id)).deletedAt]).toEqual([null, null]);
		await service.prisma.chore.updateMany({ data: { dueAt: new Date() } });
		expect(await run()).toMatchObject({ lost: 1 });
		expect(await chore()).toMatchObject({ failure: null });
	});
});

describe('a bucket and a database that do not belong together', () => {
	let service: FilesService;
	let other: FilesService;

	beforeAll(async () => {
		service = await startFiles();
		other = await startFiles();
		for (const each of [service, other]) await compare(each, each);
	});
	afterAll(async () => {
		await other.stop();
		await service.stop();
	});

	/** The rows of one against the bucket of another. */
	async function compare(rows: FilesService, bucket: FilesService): Promise<void> {
		await rows.prisma.chore.deleteMany();
		const policy = { ...rows.dependencies.policy, orphanAfterMs: 0 };
		await reconcile({ ...rows.dependencies, store: bucket.dependencies.store, policy }, running);
	}

	test('lose nothing to each other, and say so', async () => {
		const [mine, theirs] = [await uploadReady(service, user), await uploadReady(other, user)];
		await new Promise((resolve) => setTimeout(resolve, 1_100));
		await expect(compare(service, other)).rejects.toThrow('belongs to another database');
		expect((await service.as(user).get(mine.file_id)).status).toBe(200);
		expect((await other.as(user).get(theirs.file_id)).status).toBe(200);
		expect(await service.prisma.chore.findFirst()).toMatchObject({
			failure: expect.stringContaining('another database'),
		});
	});

	test('lose nothing when their owner asks for it either', async () => {
		const { file_id } = await uploadReady(service, user);
		const wrong = await startFiles({
			FILES_DATABASE_URL: service.config.FILES_DATABASE_URL,
			S3_BUCKET: other.config.S3_BUCKET,
		});
		const answer = await wrong.as(user).get(file_id);
		expect([answer.status, answer.body.error.code]).toEqual([503, 'upstream_unavailable']);
		expect((await service.as(user).get(file_id)).status).toBe(200);
		await wrong.stop();
	});

	test('are told by the mark that is missing in an empty bucket', async () => {
		const fresh = await startFiles();
		const { file_id } = await uploadReady(service, user);
		await expect(compare(service, fresh)).rejects.toThrow('has lost its mark');
		expect((await service.as(user).get(file_id)).status).toBe(200);
		await fresh.stop();
	});

	test('are found by whoever comes second, when both come for the first time', async () => {
		const [one, two] = [await startFiles(), await startFiles()];
		await compare(one, one);
		await expect(compare(two, one)).rejects.toThrow('belongs to another database');
		await compare(one, one);
		await one.stop();
		await two.stop();
	});
});
