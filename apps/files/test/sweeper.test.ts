import { newId } from '@creatorr/contracts/ids';
import { requireTestVariable } from '@creatorr/testing/environment';
import { until } from '@creatorr/testing/until';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { claimDue } from '../src/data/sweep-rows.ts';
import { keepingOf } from '../src/domain/policy.ts';
import { abortStaleUploads } from '../src/domain/sweep/abort-stale-uploads.ts';
import { purge } from '../src/domain/sweep/purge.ts';
import { sweep } from '../src/domain/sweep/sweep.ts';
import { sweepFile } from '../src/domain/sweep/sweep-file.ts';
import { startSweeper } from '../src/sweeper.ts';
import { cuttable } from './support/cuttable.ts';
import { type FilesService, newUser, startFiles } from './support/files-service.ts';
import {
	declare,
	download,
	MIB,
	put,
	putPart,
	type UploadPart,
	upload,
	uploadReady,
} from './support/uploads.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const running = new AbortController().signal;
/** For a transaction in which other work is done. */
const PATIENT = { timeout: 20_000 };
const user = newUser();

let service: FilesService;

beforeAll(async () => {
	service = await startFiles();
});
afterAll(() => service.stop());

const runSweep = (on = service) => sweep(on.dependencies, running);

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
	test('leaves living files alone', async () => {
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

	test('removes bytes again that came while the URL still worked, and only then is done', async () => {
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
		await age(file_id, service.dependencies.policy.resweepIntervalMs);
		await runSweep();
		expect((await download(download_url)).status).toBe(404);
		expect(await put(upload_url, 'the bytes', headers)).toBe(200);
		await age(file_id, service.dependencies.policy.resweepIntervalMs);
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

	test('gives up an upload that brought no bytes in a day', async () => {
		const { file_id } = await declare(service, user, { size_bytes: 5 });
		await age(file_id, DAY_MS - 60_000);
		await runSweep();
		expect((await row(file_id)).deletedAt).toBeNull();
		await age(file_id, 60_000);
		await runSweep();
		expect((await row(file_id)).deletedAt).not.toBeNull();
	});

	test('keeps a file of the pro plan that nobody asked for since its bytes came', async () => {
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

	test('throws away the parts of an upload that was given up or deleted', async () => {
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

	test('removes outputs that nobody published in a day, and keeps published ones', async () => {
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

	test('removes what was overwritten and found out', async () => {
		const { file_id, upload_url, headers } = await uploadReady(service, user, 'the bytes');
		await put(upload_url, 'other one', headers);
		await service.as(user).get(file_id);
		await runSweep();
		expect(await stored(file_id)).toBeNull();
	});

	test('that is stopped begins nothing', async () => {
		const { file_id } = await uploadReady(service, user);
		await service.as(user).delete(file_id);
		await sweep(service.dependencies, AbortSignal.abort());
		expect(await stored(file_id)).not.toBeNull();
		await runSweep();
	});
});

describe('several sweepers at once', () => {
	test('share the work and do each file once', async () => {
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

	test('neither wait for nor get what another is taking at that moment', async () => {
		const [taken, free] = [await uploadReady(service, user), await uploadReady(service, user)];
		await service.as(user).delete(taken.file_id);
		const claim = (on: Parameters<typeof claimDue>[0]) =>
			claimDue(on, { limit: 1, leaseMs: 60_000 }, (plan) => keepingOf(service.config.PLANS, plan));
		await service.prisma.$transaction(async (tx) => {
			const first = await claim(tx as typeof service.prisma);
			expect(first.files.map((file) => file.id)).toEqual([taken.file_id]);
			await service.as(user).delete(free.file_id);
			const second = await claim(service.prisma);
			expect(second.files.map((file) => file.id)).toEqual([free.file_id]);
		}, PATIENT);
		const ids = [taken.file_id, free.file_id];
		await service.prisma.file.updateMany({ where: { id: { in: ids } }, data: { sweepAt: new Date() } });
		await runSweep();
	});

	test('take over what one that died had taken, once its lease is over', async () => {
		const { file_id } = await uploadReady(service, user);
		await service.as(user).delete(file_id);
		const claimed = await service.dependencies.records.claimDue(100, 600_000);
		expect(claimed.files.map((file) => file.id)).toEqual([file_id]);
		await runSweep();
		expect(await stored(file_id)).not.toBeNull();
		await age(file_id, 600_000);
		await runSweep();
		expect(await stored(file_id)).toBeNull();
	});

	test('do not remove an output that is published while they look at it', async () => {
		const job_id = newId('job');
		const body = { job_id, user_id: user.id, name: 'a', mime_type: 'a/b', size_bytes: 5 };
		const { file_id, upload_url, headers } = (await service.worker('outputs', body)).body.data;
		await put(upload_url, 'hello', headers);
		const seen = await service.dependencies.records.findOutput(file_id);
		if (!seen) throw new Error('no such output');
		await service.jobs(`outputs/${file_id}/publish`, { job_id });
		const overdue = { ...seen, abandonAt: new Date() };
		expect(await sweepFile(service.dependencies, overdue, new Date())).toBe('kept');
		expect(await stored(file_id)).not.toBeNull();
		expect((await service.as(user).get(file_id)).status).toBe(200);
	});

	test('do not undo a deletion that comes while a file is looked at', async () => {
		const { file_id } = await uploadReady(service, user);
		await service.prisma.file.update({ where: { id: file_id }, data: { sweepAt: new Date() } });
		const [seen] = (await service.dependencies.records.claimDue(1, 60_000)).files;
		if (!seen) throw new Error('nothing was due');
		await service.as(user).delete(file_id);
		await service.dependencies.records.scheduleSweep(seen.id);
		await runSweep();
		expect(await stored(file_id)).toBeNull();
	});
});

test('a sweep while the store is away loses nothing and ends', async () => {
	const storeUrl = requireTestVariable('TEST_S3_ENDPOINT');
	const store = await cuttable(storeUrl);
	const other = await startFiles({ S3_ENDPOINT: store.url, S3_PUBLIC_ENDPOINT: storeUrl });
	try {
		const { file_id } = await uploadReady(other, user);
		await other.as(user).delete(file_id);
		store.cut();
		expect(await runSweep(other)).toMatchObject({ removed: 0, failed: 1 });
		store.mend();
		expect(await stored(file_id, other)).not.toBeNull();
		await other.prisma.file.update({ where: { id: file_id }, data: { sweepAt: new Date() } });
		expect(await runSweep(other)).toMatchObject({ removed: 1, failed: 0 });
		expect(await stored(file_id, other)).toBeNull();
	} finally {
		await other.stop();
		await store.close();
	}
});

/** Makes every chore due now, as if its time had come. */
async function makeDue(): Promise<void> {
	await service.prisma.chore.updateMany({ data: { dueAt: new Date(0) } });
}

describe('housekeeping', () => {
	async function runPurge() {
		await makeDue();
		await purge(service.dependencies, running);
		return (await service.prisma.chore.findUniqueOrThrow({ where: { name: 'purge' } })).lastCounts;
	}

	test('forgets rows some days after their bytes are gone', async () => {
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

	test('remembers deleted accounts for good, so that nothing that comes late brings one back', async () => {
		const gone = newUser();
		await service.dependencies.deleteAccount({ id: newId('evt'), userId: gone.id });
		await service.prisma.account.update({ where: { userId: gone.id }, data: { deletedAt: new Date(0) } });
		await runPurge();
		expect(await service.dependencies.changePlan({ userId: gone.id, plan: 'pro', version: 9 })).toBe(false);
		const output = { job_id: newId('job'), user_id: gone.id, name: 'a', mime_type: 'a/b', size_bytes: 1 };
		expect((await service.worker('outputs', output)).status).toBe(404);
	});

	describe('of uploads in parts', () => {
		const abort = async (orphanAfterMs = service.dependencies.policy.orphanAfterMs) => {
			await makeDue();
			const policy = { ...service.dependencies.policy, orphanAfterMs };
			await abortStaleUploads({ ...service.dependencies, policy }, running);
		};
		const begin = async (id = newId('fil')) => {
			const key = `files/${id}`;
			return { key, uploadId: await service.storage.createMultipart({ key, contentType: 'a/b' }) };
		};

		test('ends old ones that no row knows of, and no young ones', async () => {
			const upload = await begin();
			await abort();
			expect(await service.storage.listParts(upload)).toEqual([]);
			await until(async () => {
				await abort(0);
				await expect(service.storage.listParts(upload)).rejects.toThrow('no such upload');
			});
		});

		test('leaves one of a known file to the sweep of that file, whatever the clocks say', async () => {
			const { file_id } = await declare(service, user, { size_bytes: 6 * MIB, multipart: true });
			const witness = await begin();
			await until(async () => {
				await abort(0);
				await expect(service.storage.listParts(witness)).rejects.toThrow('no such upload');
			});
			expect(await partsInStore(file_id)).toEqual([]);
		});

		test('leaves one of a file that was begun just now, though the store’s clock says otherwise', async () => {
			const [young, old] = [await begin(), await begin('fil_01ARZ3NDEKTSV4RRFFQ69G5FAV')];
			// The store tells of uploads that it took for old.
			const store = {
				...service.dependencies.store,
				listStaleMultiparts: () =>
					service.storage.listStaleMultiparts({
						prefix: 'files/',
						startedBefore: new Date(Date.now() + HOUR_MS),
					}),
			};
			await makeDue();
			await abortStaleUploads({ ...service.dependencies, store }, running);
			expect(await service.storage.listParts(young)).toEqual([]);
			await expect(service.storage.listParts(old)).rejects.toThrow('no such upload');
		});
	});
});

test('the sweeper sweeps by itself until it is stopped, and says what it did', async () => {
	const events: [string, unknown][] = [];
	const logger = {
		...service.dependencies.logger,
		info: (event: string, fields?: unknown) => {
			events.push([event, fields]);
		},
	};
	const sweeper = startSweeper({ ...service.dependencies, logger, sweepIntervalMs: 50 });
	const first = await uploadReady(service, user);
	await service.as(user).delete(first.file_id);
	await until(async () => expect(await stored(first.file_id)).toBeNull());
	await sweeper.stop();
	expect(events).toContainEqual(['sweep.done', { removed: 1, kept: 0, failed: 0 }]);
	const second = await uploadReady(service, user);
	await service.as(user).delete(second.file_id);
	await new Promise((resolve) => setTimeout(resolve, 200));
	expect(await stored(second.file_id)).not.toBeNull();
});
