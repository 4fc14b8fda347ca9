import { unavailable } from '@creatorr/contracts/errors';
import { newId } from '@creatorr/contracts/ids';
import { ObjectsNotDeletedError } from '@creatorr/storage/errors';
import { requireTestVariable } from '@creatorr/testing/environment';
import { silent } from '@creatorr/testing/silent';
import { startTcpProxy } from '@creatorr/testing/tcp-proxy';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { deleteAccount } from '../accounts/delete-account.sql.ts';
import type { FileRecord } from '../file.ts';
import { toColumns } from '../files.sql.ts';
import { findOutput } from '../outputs/outputs.sql.ts';
import { recordPlanChange } from '../plans/plans.sql.ts';
import { addMs } from '../policy.ts';
import { buildFile } from '../testing/build-file.ts';
import { type FilesService, newUser, startFiles } from '../testing/files-service.ts';
import {
	declare,
	download,
	MIB,
	OLD_AT_ONCE_MS,
	put,
	putPart,
	type UploadPart,
	upload,
	uploadReady,
} from '../testing/uploads.ts';
import { purgeFiles } from './purge.ts';
import { abortStaleUploads } from './stale-uploads.ts';
import { claimDue, scheduleSweep } from './sweep.sql.ts';
import { sweep } from './sweep.ts';
import { decideSweep, nextRemovalAt, prepareRemoval } from './sweep-file.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const running = new AbortController().signal;
/** For a transaction that stays open during other work. */
const LONG_TRANSACTION = { timeout: 20_000 };
const user = newUser();

let service: FilesService;

beforeAll(async () => {
	service = await startFiles();
});
afterAll(() => service.stop());

const runSweep = (on = service) => sweep(on.deps, running);

function row(id: string, on = service) {
	return on.prisma.file.findUniqueOrThrow({ where: { id } });
}

async function stored(id: string, on = service) {
	return on.storage.headObject((await row(id, on)).storageKey);
}

/** Moves all times of a file into the past, as if it had been made earlier. */
async function age(id: string, byMs: number, on = service): Promise<void> {
	const before = await row(id, on);
	const moved = (time: Date) => new Date(time.getTime() - byMs);
	await on.prisma.file.update({
		where: { id },
		data: {
			createdAt: moved(before.createdAt),
			expiresAt: moved(before.expiresAt),
			abandonAt: moved(before.abandonAt),
			uploadUrlExpiresAt: moved(before.uploadUrlExpiresAt),
			...(before.sweepAt ? { sweepAt: moved(before.sweepAt) } : {}),
			...(before.bytesRemovedAt ? { bytesRemovedAt: moved(before.bytesRemovedAt) } : {}),
		},
	});
}

async function partsInStore(id: string) {
	const { storageKey, uploadId } = await row(id);
	return service.storage.listParts({ key: storageKey, uploadId: uploadId ?? '' });
}

describe('a sweep', () => {
	test('keeps files that are neither deleted nor expired', async () => {
		const [pending, ready] = [await upload(service, user), await uploadReady(service, user)];
		await runSweep();
		expect(await stored(pending.file_id)).not.toBeNull();
		expect(await stored(ready.file_id)).not.toBeNull();
	});

	test('removes the bytes of a deleted file at once', async () => {
		const { file_id } = await uploadReady(service, user);
		await service.as(user).delete(file_id);
		expect(await runSweep()).toMatchObject({ removed: 1, failed: 0 });
		expect(await stored(file_id)).toBeNull();
	});

	test('removes bytes again that came while the upload URL still worked, and then ends', async () => {
		const { file_id, upload_url, headers } = await uploadReady(service, user, 'the bytes');
		await service.as(user).delete(file_id);
		await runSweep();
		expect((await row(file_id)).bytesRemovedAt).toBeNull();
		expect(await put(upload_url, 'the bytes', headers)).toBe(200);
		await age(file_id, 7 * HOUR_MS);
		await runSweep();
		expect(await stored(file_id)).toBeNull();
		expect(await row(file_id)).toMatchObject({ bytesRemovedAt: expect.any(Date), sweepAt: null });
	});

	test('removes bytes that came after the deletion within minutes, so that older download URLs don’t serve them', async () => {
		const { file_id, upload_url, headers } = await uploadReady(service, user, 'the bytes');
		const { download_url } = (await service.as(user).get(file_id)).body.data;
		await service.as(user).delete(file_id);
		await runSweep();
		expect(await put(upload_url, 'the bytes', headers)).toBe(200);
		expect((await download(download_url)).status).toBe(200);
		await age(file_id, service.deps.policy.resweepIntervalMs);
		await runSweep();
		expect((await download(download_url)).status).toBe(404);
		expect(await put(upload_url, 'the bytes', headers)).toBe(200);
		await age(file_id, service.deps.policy.resweepIntervalMs);
		await runSweep();
		expect((await download(download_url)).status).toBe(404);
		expect((await row(file_id)).bytesRemovedAt).toBeNull();
	});

	test('deletes an expired file with its bytes', async () => {
		const { file_id } = await uploadReady(service, user);
		await age(file_id, DAY_MS);
		await runSweep();
		expect(await stored(file_id)).toBeNull();
		expect((await row(file_id)).deletedAt).not.toBeNull();
	});

	test('deletes an upload without bytes after a day', async () => {
		const { file_id } = await declare(service, user, { size_bytes: 5 });
		await age(file_id, DAY_MS - 60_000);
		await runSweep();
		expect((await row(file_id)).deletedAt).toBeNull();
		await age(file_id, 60_000);
		await runSweep();
		expect((await row(file_id)).deletedAt).not.toBeNull();
	});

	test('keeps a file of the pro plan that was never read after its upload', async () => {
		const payer = newUser();
		await service.prisma.account.create({ data: { userId: payer.id, plan: 'pro' } });
		const { file_id } = await upload(service, payer);
		await age(file_id, 2 * DAY_MS);
		await runSweep();
		expect(await row(file_id)).toMatchObject({ status: 'ready', deletedAt: null });
		expect(await stored(file_id)).not.toBeNull();
		const { sweepAt, expiresAt } = await row(file_id);
		expect(sweepAt).toEqual(expiresAt);
	});

	test('aborts an abandoned or deleted upload in parts', async () => {
		const uploads = [];
		const urls = [];
		for (let begun = 0; begun < 2; begun += 1) {
			const { file_id, multipart } = await declare(service, user, { size_bytes: 6 * MIB, multipart: true });
			await putPart(multipart.parts[0] as UploadPart);
			uploads.push(file_id);
			urls.push(...multipart.parts.map((part) => [part.upload_url, part.size] as const));
		}
		const [abandoned = '', deleted = ''] = uploads;
		await age(abandoned, DAY_MS);
		await service.as(user).delete(deleted);
		await runSweep();
		await expect(partsInStore(abandoned)).rejects.toThrow('no such upload');
		await expect(partsInStore(deleted)).rejects.toThrow('no such upload');
		for (const [url, size] of urls) expect(await put(url, new Uint8Array(size))).toBe(404);
	});

	test('removes outputs that were not published in a day, and keeps published ones', async () => {
		const ids = [];
		for (const published of [true, false]) {
			const job_id = newId('job');
			const body = { job_id, user_id: user.id, name: 'a', mime_type: 'a/b', size_bytes: 5 };
			const { file_id, upload_url, headers } = (await service.worker('outputs', body)).body.data;
			await put(upload_url, 'hello', headers);
			if (published) await service.jobs(`outputs/${file_id}/publish`, { job_id });
			ids.push(file_id);
		}
		const [published, forgotten] = ids;
		await service.prisma.file.updateMany({
			where: { id: { in: ids } },
			data: { abandonAt: new Date(), sweepAt: new Date() },
		});
		await runSweep();
		expect(await stored(published)).not.toBeNull();
		expect((await row(published)).deletedAt).toBeNull();
		expect(await stored(forgotten)).toBeNull();
	});

	test('removes the bytes of a file that was deleted because it was overwritten', async () => {
		const { file_id, upload_url, headers } = await uploadReady(service, user, 'the bytes');
		await put(upload_url, 'other one', headers);
		await service.as(user).get(file_id);
		await runSweep();
		expect(await stored(file_id)).toBeNull();
	});

	test('removes nothing once it is stopped', async () => {
		const { file_id } = await uploadReady(service, user);
		await service.as(user).delete(file_id);
		await sweep(service.deps, AbortSignal.abort());
		expect(await stored(file_id)).not.toBeNull();
		await runSweep();
	});
});

describe('concurrent sweeps', () => {
	test('sweep each file once', async () => {
		const ids: string[] = [];
		for (let made = 0; made < 150; made += 1) {
			ids.push((await declare(service, user, { size_bytes: 5 })).file_id);
		}
		const where = { id: { in: ids } };
		await service.prisma.file.updateMany({ where, data: { deletedAt: new Date(), sweepAt: new Date() } });
		const reports = await Promise.all(Array.from({ length: 4 }, () => runSweep()));
		expect(reports.reduce((sum, report) => sum + report.removed, 0)).toBe(150);
		expect(reports.every((report) => report.failed === 0)).toBe(true);
		const due = await service.prisma.file.count({ where: { ...where, sweepAt: { lt: new Date() } } });
		expect(due).toBe(0);
	}, 120_000);

	test('neither wait for nor get rows that another sweep is claiming', async () => {
		const [taken, free] = [await uploadReady(service, user), await uploadReady(service, user)];
		await service.as(user).delete(taken.file_id);
		const claim = (on: FilesService['prisma']) =>
			claimDue({ ...service.deps, prisma: on }, { limit: 1, leaseMs: 60_000 });
		await service.prisma.$transaction(async (tx) => {
			const first = await claim(tx as typeof service.prisma);
			expect(first.files.map((file) => file.id)).toEqual([taken.file_id]);
			await service.as(user).delete(free.file_id);
			const second = await claim(service.prisma);
			expect(second.files.map((file) => file.id)).toEqual([free.file_id]);
		}, LONG_TRANSACTION);
		const ids = [taken.file_id, free.file_id];
		await service.prisma.file.updateMany({ where: { id: { in: ids } }, data: { sweepAt: new Date() } });
		await runSweep();
	});

	test('sweep the files of a process that died, once its lease ends', async () => {
		const { file_id } = await uploadReady(service, user);
		await service.as(user).delete(file_id);
		const claimed = await claimDue(service.deps, { limit: 100, leaseMs: 600_000 });
		expect(claimed.files.map((file) => file.id)).toEqual([file_id]);
		await runSweep();
		expect(await stored(file_id)).not.toBeNull();
		await age(file_id, 600_000);
		await runSweep();
		expect(await stored(file_id)).toBeNull();
	});

	test('keep an output that is published at the same time', async () => {
		const job_id = newId('job');
		const body = { job_id, user_id: user.id, name: 'a', mime_type: 'a/b', size_bytes: 5 };
		const { file_id, upload_url, headers } = (await service.worker('outputs', body)).body.data;
		await put(upload_url, 'hello', headers);
		const seen = await findOutput(service.deps.prisma, file_id);
		if (!seen) throw new Error('no such output');
		await service.jobs(`outputs/${file_id}/publish`, { job_id });
		const overdue = { ...seen, abandonAt: new Date() };
		expect(await prepareRemoval(service.deps, overdue, new Date())).toBe(false);
		expect(await stored(file_id)).not.toBeNull();
		expect((await service.as(user).get(file_id)).status).toBe(200);
	});

	test('do not postpone a deletion that happens at the same time', async () => {
		const { file_id } = await uploadReady(service, user);
		await service.prisma.file.update({ where: { id: file_id }, data: { sweepAt: new Date() } });
		const [seen] = (await claimDue(service.deps, { limit: 1, leaseMs: 60_000 })).files;
		if (!seen) throw new Error('nothing was due');
		await service.as(user).delete(file_id);
		await scheduleSweep(service.deps.prisma, seen.id);
		await runSweep();
		expect(await stored(file_id)).toBeNull();
	});
});

test('a sweep while the store is down fails, and the next removes the bytes', async () => {
	const storeUrl = requireTestVariable('TEST_S3_ENDPOINT');
	const store = await startTcpProxy(storeUrl);
	const other = await startFiles({ S3_ENDPOINT: store.url, S3_PUBLIC_ENDPOINT: storeUrl });
	try {
		const { file_id } = await uploadReady(other, user);
		await other.as(user).delete(file_id);
		store.cut();
		await expect(runSweep(other)).rejects.toMatchObject({ code: 'upstream_unavailable' });
		store.restore();
		expect(await stored(file_id, other)).not.toBeNull();
		expect(await runSweep(other)).toMatchObject({ removed: 1, failed: 0 });
		expect(await stored(file_id, other)).toBeNull();
	} finally {
		await other.stop();
		await store.close();
	}
});

describe('purging', () => {
	async function runPurge() {
		await service.prisma.scheduledTask.updateMany({ data: { dueAt: new Date(0) } });
		await purgeFiles.run(service.deps, running);
		return (await service.prisma.scheduledTask.findUniqueOrThrow({ where: { name: 'purge' } })).lastCounts;
	}

	test('deletes rows some days after the removal of their bytes', async () => {
		const { file_id } = await uploadReady(service, user);
		await service.as(user).delete(file_id);
		await age(file_id, DAY_MS);
		await runSweep();
		await age(file_id, 6 * DAY_MS);
		await runPurge();
		expect(await row(file_id)).toMatchObject({ id: file_id });
		await age(file_id, DAY_MS + 60_000);
		expect(await runPurge()).toMatchObject({ files: 1 });
		expect(await service.prisma.file.findUnique({ where: { id: file_id } })).toBeNull();
	});

	test('keeps rows of deleted accounts, so that late events change nothing', async () => {
		const gone = newUser();
		await deleteAccount(service.deps.prisma, { eventId: newId('evt'), userId: gone.id });
		await service.prisma.account.update({ where: { userId: gone.id }, data: { deletedAt: new Date(0) } });
		await runPurge();
		expect(await recordPlanChange(service.deps.prisma, { userId: gone.id, plan: 'pro', version: 9 })).toBe(
			false,
		);
		const output = { job_id: newId('job'), user_id: gone.id, name: 'a', mime_type: 'a/b', size_bytes: 1 };
		expect((await service.worker('outputs', output)).status).toBe(404);
	});
});

test('the sweep runs at its interval until the service stops, and logs what it did', async () => {
	const events: [string, unknown][] = [];
	const logger = {
		...silent,
		info: (event: string, fields?: unknown) => {
			events.push([event, fields]);
		},
	};
	const replica = await service.startReplica({ SWEEP_INTERVAL_SECONDS: '0.05' }, logger);
	const first = await uploadReady(service, user);
	await service.as(user).delete(first.file_id);
	await waitFor(async () => expect(await stored(first.file_id)).toBeNull());
	await replica.stop();
	expect(events).toContainEqual(['sweep.done', { removed: 1, kept: 0, failed: 0 }]);
	const second = await uploadReady(service, user);
	await service.as(user).delete(second.file_id);
	await new Promise((resolve) => setTimeout(resolve, 200));
	expect(await stored(second.file_id)).not.toBeNull();
});

describe('the batches of a sweep', () => {
	// Sweeps what other tests left.
	beforeAll(async () => {
		await runSweep();
	});

	/** Inserts deleted files without bytes that are due. */
	async function insertDue(
		count: number,
		{ userId = user.id, sweepAt = new Date() } = {},
	): Promise<string[]> {
		const now = new Date();
		const files = Array.from({ length: count }, () => {
			const id = newId('fil');
			return buildFile({ id, storageKey: `files/${id}`, userId, deletedAt: now });
		});
		await service.prisma.file.createMany({ data: files.map((file) => ({ ...toColumns(file), sweepAt })) });
		return files.map(({ id }) => id);
	}

	const countDue = (ids: string[]) =>
		service.prisma.file.count({ where: { id: { in: ids }, sweepAt: { lte: new Date() } } });

	/** Sweeps with a store that calls `remove` instead of removing objects. */
	function sweepWith(remove: (keys: readonly string[]) => Promise<void>, stopping = running) {
		const warnings: unknown[] = [];
		const deps = {
			...service.deps,
			store: { ...service.deps.store, deleteObjects: remove },
			logger: { ...silent, warn: (event: string, fields?: object) => void warnings.push([event, fields]) },
		};
		return { counts: sweep(deps, stopping), warnings };
	}

	test('follow one another until nothing is due, each with one request to the store', async () => {
		const ids = await insertDue(203);
		const requests: number[] = [];
		const { counts } = sweepWith(async (keys) => void requests.push(keys.length));
		expect(await counts).toEqual({ removed: 203, kept: 0, failed: 0 });
		expect(requests).toEqual([100, 100, 3]);
		expect(await countDue(ids)).toBe(0);
	});

	test('sweep the other files when the store keeps one', async () => {
		const ids = await insertDue(3);
		const [, bad] = ids;
		const { counts, warnings } = sweepWith(async () => {
			throw unavailable('File storage', new ObjectsNotDeletedError([`files/${bad}`]));
		});
		expect(await counts).toEqual({ removed: 2, kept: 0, failed: 1 });
		expect(warnings).toEqual([['sweep.file_failed', expect.objectContaining({ file_id: bad })]]);
		await service.prisma.file.deleteMany({ where: { id: { in: ids } } });
	});

	test('end when all files of one fail, as while the store is down', async () => {
		const ids = await insertDue(200);
		const { counts } = sweepWith(() => Promise.reject(unavailable('File storage')));
		expect(await counts).toEqual({ removed: 0, kept: 0, failed: 100 });
		expect(await countDue(ids)).toBe(100);
		await service.prisma.file.deleteMany({ where: { id: { in: ids } } });
	});

	test('sweep the files of a small account before all of a large one', async () => {
		const older = new Date(Date.now() - HOUR_MS);
		const many = await insertDue(200, { userId: newUser().id, sweepAt: older });
		const few = await insertDue(2);
		const { files } = await claimDue(service.deps, { limit: 100, leaseMs: 60_000 });
		const claimed = new Set(files.map(({ id }) => id));
		expect([claimed.size, few.every((id) => claimed.has(id))]).toEqual([100, true]);
		await service.prisma.file.deleteMany({ where: { id: { in: [...many, ...few] } } });
	});

	test('start no other batch once the sweep is stopped', async () => {
		const ids = await insertDue(200);
		const stopping = new AbortController();
		const { counts } = sweepWith(async () => stopping.abort(), stopping.signal);
		expect(await counts).toEqual({ removed: 100, kept: 0, failed: 0 });
		await service.prisma.file.deleteMany({ where: { id: { in: ids } } });
	});
});

describe('multipart uploads', () => {
	/** Makes the task due now. */
	async function makeDue(): Promise<void> {
		await service.prisma.scheduledTask.updateMany({ data: { dueAt: new Date(0) } });
	}

	const abort = async (orphanAfterMs = service.deps.policy.orphanAfterMs) => {
		await makeDue();
		const policy = { ...service.deps.policy, orphanAfterMs };
		await abortStaleUploads.run({ ...service.deps, policy }, running);
	};
	const begin = async (id = newId('fil')) => {
		const key = `files/${id}`;
		return { key, uploadId: await service.storage.createMultipart({ key, contentType: 'a/b' }) };
	};

	test('aborts old ones without a row, and no new ones', async () => {
		const upload = await begin();
		await abort();
		expect(await service.storage.listParts(upload)).toEqual([]);
		await abort(OLD_AT_ONCE_MS);
		await expect(service.storage.listParts(upload)).rejects.toThrow('no such upload');
	});

	test('keeps one with a row for the sweep of its file, whatever the clocks say', async () => {
		const { file_id } = await declare(service, user, { size_bytes: 6 * MIB, multipart: true });
		const witness = await begin();
		await abort(OLD_AT_ONCE_MS);
		await expect(service.storage.listParts(witness)).rejects.toThrow('no such upload');
		const row = await service.prisma.file.findUniqueOrThrow({ where: { id: file_id } });
		const stored = { key: row.storageKey, uploadId: row.uploadId ?? '' };
		expect(await service.storage.listParts(stored)).toEqual([]);
	});

	test('keeps one with a new key, even if the store’s clock is wrong', async () => {
		const [young, old] = [await begin(), await begin('fil_01ARZ3NDEKTSV4RRFFQ69G5FAV')];
		// Lists uploads like a store with a wrong clock.
		const store = {
			...service.deps.store,
			listStaleMultiparts: () =>
				service.storage.listStaleMultiparts({
					prefix: 'files/',
					startedBefore: new Date(Date.now() + HOUR_MS),
				}),
		};
		await makeDue();
		await abortStaleUploads.run({ ...service.deps, store }, running);
		expect(await service.storage.listParts(young)).toEqual([]);
		await expect(service.storage.listParts(old)).rejects.toThrow('no such upload');
	});
});

describe('the schedule of a file:', () => {
	const MINUTE_MS = 60_000;
	const POLICY = { lateUploadMs: 6 * HOUR_MS, resweepIntervalMs: 5 * MINUTE_MS, downloadUrlSeconds: 3_600 };
	const START = new Date('2026-01-01T00:00:00Z');

	const at = (minutes: number) => addMs(START, minutes * MINUTE_MS);

	/** Returns a file whose upload URL works for an hour, deleted after this many minutes. */
	const deleted = (minutes: number, change = {}) =>
		buildFile({ createdAt: START, uploadUrlExpiresAt: at(60), deletedAt: at(minutes), ...change });
	const next = (file: ReturnType<typeof buildFile>, minutes: number) =>
		nextRemovalAt(file, at(minutes), POLICY);

	test('bytes are removed again after the interval while the upload URL works', () => {
		expect(next(deleted(10), 10)).toEqual(at(15));
		expect(next(deleted(10), 59)).toEqual(at(64));
	});

	test('bytes are removed again after the interval while a download URL from before the deletion works', () => {
		expect(next(deleted(50), 90)).toEqual(at(95));
		expect(next(deleted(90), 149)).toEqual(at(154));
	});

	test('once neither kind of URL works, bytes are removed a last time when no PUT can be under way', () => {
		expect(next(deleted(10), 70)).toEqual(at(420));
		expect(next(deleted(50), 110)).toEqual(at(420));
		expect(next(deleted(400), 418)).toEqual(at(420));
		expect(next(deleted(10), 420)).toBeNull();
	});

	test.each([
		['an upload in parts, which was aborted', { multipart: { uploadId: 'a', partSizeBytes: 5 } }],
		['the output of a job, whose URLs only a worker has', { jobId: 'job_01JZZZZZZZZZZZZZZZZZZZZZZZ' }],
	])('there is only the last time for %s', (_, change) => {
		expect(next(deleted(10, change), 10)).toEqual(at(420));
	});

	const NOW = new Date('2026-01-02T12:00:00Z');
	const PAST = new Date('2026-01-02T11:00:00Z');
	const FUTURE = new Date('2026-01-02T13:00:00Z');

	/** A ready, published upload whose time to upload is over. */
	const FILE = buildFile({
		status: 'ready',
		etag: '"a"',
		publishedAt: PAST,
		abandonAt: PAST,
		expiresAt: FUTURE,
	});
	const OUTPUT = { jobId: 'job_01JZZZZZZZZZZZZZZZZZZZZZZZ', publishedAt: null };

	describe('the decision about a file that fell due is right for', () => {
		test.each<[string, Partial<FileRecord>, ReturnType<typeof decideSweep>]>([
			['a ready one', {}, 'keep'],
			['a deleted one', { deletedAt: PAST }, 'remove'],
			['an expired one', { expiresAt: NOW }, 'remove'],
			['a pending one that has time left', { status: 'pending', abandonAt: FUTURE }, 'keep'],
			['a pending one whose time is over', { status: 'pending', abandonAt: NOW }, 'check store'],
			['a pending one that expired', { status: 'pending', expiresAt: NOW }, 'remove'],
			['an unpublished output that has time left', { ...OUTPUT, abandonAt: FUTURE }, 'keep'],
			['an unpublished output whose time is over, ready or not', OUTPUT, 'remove'],
			['a published output', { ...OUTPUT, publishedAt: PAST }, 'keep'],
		])('%s', (_, change, decision) => {
			expect(decideSweep({ ...FILE, ...change }, NOW)).toBe(decision);
		});
	});
});
