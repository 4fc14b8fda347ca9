import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { reconcile } from '../reconcile/reconcile.ts';
import { abortStaleUploads } from '../sweep/stale-uploads.ts';
import { sweep } from '../sweep/sweep.ts';
import { type FilesService, newUser, startFiles } from '../testing/files-service.ts';
import { uploadReady } from '../testing/uploads.ts';

const running = new AbortController().signal;
const user = newUser();

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

	/** Compares the rows of one service with the bucket of another. */
	async function compare(rows: FilesService, bucket: FilesService): Promise<void> {
		await rows.prisma.scheduledTask.deleteMany();
		const policy = { ...rows.deps.policy, orphanAfterMs: 0 };
		await reconcile.run({ ...rows.deps, store: bucket.deps.store, policy }, running);
	}

	test('don’t delete each other’s objects, and the failure says why', async () => {
		const [mine, theirs] = [await uploadReady(service, user), await uploadReady(other, user)];
		await new Promise((resolve) => setTimeout(resolve, 1_100));
		await expect(compare(service, other)).rejects.toThrow('belongs to another database');
		expect((await service.as(user).get(mine.file_id)).status).toBe(200);
		expect((await other.as(user).get(theirs.file_id)).status).toBe(200);
		expect(await service.prisma.scheduledTask.findFirst()).toMatchObject({
			failure: expect.stringContaining('another database'),
		});
	});

	test('don’t delete objects when an owner reads a file', async () => {
		const { file_id } = await uploadReady(service, user);
		const wrong = await startFiles({
			FILES_DATABASE_URL: service.config.FILES_DATABASE_URL,
			S3_BUCKET: other.config.S3_BUCKET,
		});
		const response = await wrong.as(user).get(file_id);
		expect([response.status, response.body.error.code]).toEqual([503, 'upstream_unavailable']);
		expect((await service.as(user).get(file_id)).status).toBe(200);
		await wrong.stop();
	});

	test('don’t count as removed what a sweep finds due', async () => {
		const { file_id } = await uploadReady(service, user);
		await service.as(user).delete(file_id);
		const sweepOf = (bucket: FilesService) => sweep({ ...service.deps, store: bucket.deps.store }, running);
		await expect(sweepOf(other)).rejects.toThrow('belongs to another database');
		const { clearedAt, storageKey } = await service.prisma.file.findUniqueOrThrow({ where: { id: file_id } });
		expect([clearedAt, await service.storage.headObject(storageKey)]).toEqual([null, expect.anything()]);
		expect(await sweepOf(service)).toMatchObject({ removed: 1 });
		expect(await service.storage.headObject(storageKey)).toBeNull();
	});

	test('don’t abort each other’s multipart uploads', async () => {
		const key = `files/${newId('fil')}`;
		const upload = { key, uploadId: await other.storage.createMultipart({ key, contentType: 'a/b' }) };
		await new Promise((resolve) => setTimeout(resolve, 1_100));
		const abortIn = async (bucket: FilesService) => {
			await service.prisma.scheduledTask.deleteMany();
			const policy = { ...service.deps.policy, orphanAfterMs: 0 };
			await abortStaleUploads.run({ ...service.deps, store: bucket.deps.store, policy }, running);
		};
		await expect(abortIn(other)).rejects.toThrow('belongs to another database');
		expect(await other.storage.listParts(upload)).toEqual([]);
	});

	test('are detected in an empty bucket by the missing mark', async () => {
		const fresh = await startFiles();
		const { file_id } = await uploadReady(service, user);
		await expect(compare(service, fresh)).rejects.toThrow('has lost its mark');
		expect((await service.as(user).get(file_id)).status).toBe(200);
		await fresh.stop();
	});

	test('are detected by the second service when both start for the first time', async () => {
		const [one, two] = [await startFiles(), await startFiles()];
		await compare(one, one);
		await expect(compare(two, one)).rejects.toThrow('belongs to another database');
		await compare(one, one);
		await one.stop();
		await two.stop();
	});
});
