import { newId } from '@creatorr/contracts/ids';
import { requireTestVariable } from '@creatorr/testing/environment';
import { startTcpProxy, type TcpProxy } from '@creatorr/testing/tcp-proxy';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { reconcile } from '../reconcile/reconcile.ts';
import { abortStaleUploads } from '../sweep/stale-uploads.ts';
import { sweep } from '../sweep/sweep.ts';
import { type FilesService, newUser, startFiles } from '../testing/files-service.ts';
import {
	declare,
	download,
	MIB,
	OLD_AT_ONCE_MS,
	put,
	putPart,
	upload,
	uploadReady,
} from '../testing/uploads.ts';

const STORE_URL = requireTestVariable('TEST_S3_ENDPOINT');
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
		const policy = { ...rows.deps.policy, orphanAfterMs: OLD_AT_ONCE_MS };
		await reconcile.run({ ...rows.deps, store: bucket.deps.store, policy }, running);
	}

	test('don’t delete each other’s objects, and the failure says why', async () => {
		const [mine, theirs] = [await uploadReady(service, user), await uploadReady(other, user)];
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
		const abortIn = async (bucket: FilesService) => {
			await service.prisma.scheduledTask.deleteMany();
			const policy = { ...service.deps.policy, orphanAfterMs: OLD_AT_ONCE_MS };
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

describe('the connection to the store:', () => {
	let store: TcpProxy;
	let service: FilesService;

	beforeAll(async () => {
		store = await startTcpProxy(STORE_URL);
		service = await startFiles({ S3_ENDPOINT: store.url, S3_PUBLIC_ENDPOINT: STORE_URL });
	});
	afterEach(() => store.restore());
	afterAll(async () => {
		await service.stop();
		await store.close();
	});

	/** Uploads a file in parts and completes it; returns its id. */
	async function uploadInParts(): Promise<string> {
		const { file_id, multipart } = await declare(service, user, { size_bytes: 6 * MIB, multipart: true });
		const sent = await Promise.all(multipart.parts.map(putPart));
		expect((await service.as(user).complete(file_id, sent)).status).toBe(200);
		return file_id;
	}

	describe('while the store is down', () => {
		test('every request that needs it is upstream_unavailable, with Retry-After', async () => {
			const waiting = await upload(service, user);
			const ready = await uploadReady(service, user);
			const parts = await declare(service, user, { size_bytes: 6 * MIB, multipart: true });
			store.cut();
			const mine = service.as(user);
			const responses = await Promise.all([
				mine.get(waiting.file_id),
				mine.get(ready.file_id),
				mine.list(),
				mine.parts(parts.file_id),
				mine.complete(
					parts.file_id,
					parts.multipart.parts.map(({ part_number }: { part_number: number }) => ({
						part_number,
						etag: 'x',
					})),
				),
				mine.create({ name: 'a', mime_type: 'a/b', size_bytes: 6 * MIB, multipart: true }),
				service.jobs(`inputs/${ready.file_id}/check`, { user_id: user.id }),
				service.worker(`inputs/${ready.file_id}/open`, { user_id: user.id }),
			]);
			for (const response of responses) {
				expect([response.status, response.body.error?.code]).toEqual([503, 'upstream_unavailable']);
				expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
			}
		});

		test('no file is deleted', async () => {
			const { file_id } = await uploadReady(service, user);
			store.cut();
			await service.as(user).get(file_id);
			store.restore();
			expect((await service.as(user).get(file_id)).status).toBe(200);
		});

		test('a list of ready files, a new upload and a deletion need no store', async () => {
			const someone = newUser();
			const { file_id } = await uploadReady(service, someone);
			store.cut();
			expect((await service.as(someone).list()).body.data).toHaveLength(1);
			expect((await service.as(someone).delete(file_id)).status).toBe(204);
			const created = await service.as(someone).create({ name: 'a', mime_type: 'a/b', size_bytes: 5 });
			expect(created.status).toBe(201);
		});

		test('a ready file whose upload URLs don’t work any more needs no store', async () => {
			const { file_id } = await uploadReady(service, user, 'the bytes');
			const parts = await uploadInParts();
			await service.prisma.file.update({ where: { id: file_id }, data: { uploadUrlExpiresAt: new Date() } });
			store.cut();
			for (const id of [file_id, parts]) {
				const responses = [
					await service.as(user).get(id),
					await service.jobs(`inputs/${id}/check`, { user_id: user.id }),
					await service.worker(`inputs/${id}/open`, { user_id: user.id }),
				];
				expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
			}
		});

		test('an output is not published; afterwards it is', async () => {
			const job = { id: newId('job'), user_id: newUser().id };
			const body = { job_id: job.id, user_id: job.user_id, name: 'a', mime_type: 'a/b', size_bytes: 5 };
			const output = (await service.worker('outputs', body)).body.data;
			await put(output.upload_url, 'hello', output.headers);
			const publish = () => service.jobs(`outputs/${output.file_id}/publish`, { job_id: job.id });
			store.cut();
			expect((await publish()).status).toBe(503);
			store.restore();
			expect((await publish()).status).toBe(204);
		});

		test('the service is not ready, and is ready again afterwards', async () => {
			const ready = () => request(service.url).get('/health/ready');
			await waitFor(async () => expect((await ready()).status).toBe(200));
			store.cut();
			const response = await ready();
			expect(response.status).toBe(503);
			expect(response.body.error.details).toContainEqual(expect.objectContaining({ path: 's3' }));
			store.restore();
			await waitFor(async () => expect((await ready()).status).toBe(200));
		});
	});

	test('a missing bucket is upstream_unavailable and deletes no file', async () => {
		const other = await startFiles();
		try {
			const { file_id } = await uploadReady(other, user);
			await waitFor(async () => expect((await request(other.url).get('/health/ready')).status).toBe(200));
			await other.dropBucket();
			expect((await other.as(user).get(file_id)).status).toBe(503);
			const { deletedAt } = await other.prisma.file.findUniqueOrThrow({ where: { id: file_id } });
			expect(deletedAt).toBeNull();
			await other.storage.ensureBucket();
		} finally {
			await other.stop();
		}
	});

	describe('a URL', () => {
		test('for a client is signed for the public endpoint', async () => {
			const { file_id, upload_url } = await uploadReady(service, user);
			expect(new URL(upload_url).origin).toBe(STORE_URL);
			const { download_url } = (await service.as(user).get(file_id)).body.data;
			expect(new URL(download_url).origin).toBe(STORE_URL);
		});

		test('for a worker is signed for the internal endpoint', async () => {
			const { file_id } = await uploadReady(service, user, 'the bytes');
			const { download_url } = (await service.worker(`inputs/${file_id}/open`, { user_id: user.id })).body
				.data;
			expect(new URL(download_url).origin).toBe(new URL(store.url).origin);
			expect((await download(download_url)).text).toBe('the bytes');
			const body = { job_id: newId('job'), user_id: user.id, name: 'a', mime_type: 'a/b', size_bytes: 5 };
			const { upload_url, headers } = (await service.worker('outputs', body)).body.data;
			expect(new URL(upload_url).origin).toBe(new URL(store.url).origin);
			expect(await put(upload_url, 'hello', headers)).toBe(200);
		});
	});

	test('a service that starts before the store is ready as soon as the bucket is prepared', async () => {
		const late = await startTcpProxy(STORE_URL);
		late.cut();
		const early = await startFiles({
			S3_ENDPOINT: late.url,
			S3_PUBLIC_ENDPOINT: STORE_URL,
			CORS_ORIGINS: 'https://app.example.org',
		});
		try {
			const ready = () => request(early.url).get('/health/ready');
			expect((await ready()).status).toBe(503);
			late.restore();
			await waitFor(async () => expect((await ready()).status).toBe(200));
			const { upload_url } = await declare(early, user, { size_bytes: 5 });
			const preflight = async (origin: string) => {
				const headers = { Origin: origin, 'Access-Control-Request-Method': 'PUT' };
				const response = await fetch(upload_url, { method: 'OPTIONS', headers });
				return response.headers.get('access-control-allow-origin');
			};
			expect(await preflight('https://app.example.org')).not.toBeNull();
			expect(await preflight('https://evil.example.org')).toBeNull();
			const sent = await fetch(upload_url, {
				method: 'PUT',
				headers: { Origin: 'https://app.example.org', 'Content-Type': 'application/pdf' },
				body: 'hello',
			});
			expect(sent.headers.get('access-control-allow-origin')).toBe('https://app.example.org');
			expect(sent.headers.get('access-control-expose-headers')?.toLowerCase()).toContain('etag');
		} finally {
			await early.stop();
			await late.close();
		}
	});
});
