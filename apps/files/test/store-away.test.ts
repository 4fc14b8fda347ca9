import { newId } from '@creatorr/contracts/ids';
import { requireTestVariable } from '@creatorr/testing/environment';
import { until } from '@creatorr/testing/until';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { type Cuttable, cuttable } from './support/cuttable.ts';
import { type FilesService, newUser, startFiles } from './support/files-service.ts';
import { declare, download, MIB, put, putPart, upload, uploadReady } from './support/uploads.ts';

const STORE_URL = requireTestVariable('TEST_S3_ENDPOINT');

let store: Cuttable;
let service: FilesService;
const user = newUser();

beforeAll(async () => {
	store = await cuttable(STORE_URL);
	service = await startFiles({ S3_ENDPOINT: store.url, S3_PUBLIC_ENDPOINT: STORE_URL });
});
afterEach(() => store.mend());
afterAll(async () => {
	await service.stop();
	await store.close();
});

/** A file that was uploaded in parts and completed; resolves to its id. */
async function uploadInParts(): Promise<string> {
	const { file_id, multipart } = await declare(service, user, { size_bytes: 6 * MIB, multipart: true });
	const sent = await Promise.all(multipart.parts.map(putPart));
	expect((await service.as(user).complete(file_id, sent)).status).toBe(200);
	return file_id;
}

describe('while the store is away', () => {
	test('whatever has to ask it is upstream_unavailable, with when to come back', async () => {
		const waiting = await upload(service, user);
		const ready = await uploadReady(service, user);
		const parts = await declare(service, user, { size_bytes: 6 * MIB, multipart: true });
		store.cut();
		const mine = service.as(user);
		const answers = await Promise.all([
			mine.get(waiting.file_id),
			mine.get(ready.file_id),
			mine.list(),
			mine.parts(parts.file_id),
			mine.complete(
				parts.file_id,
				parts.multipart.parts.map(({ part_number }: { part_number: number }) => ({ part_number, etag: 'x' })),
			),
			mine.create({ name: 'a', mime_type: 'a/b', size_bytes: 6 * MIB, multipart: true }),
			service.jobs(`inputs/${ready.file_id}/check`, { user_id: user.id }),
			service.worker(`inputs/${ready.file_id}/open`, { user_id: user.id }),
		]);
		for (const answer of answers) {
			expect([answer.status, answer.body.error?.code]).toEqual([503, 'upstream_unavailable']);
			expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
		}
	});

	test('no file is taken for lost', async () => {
		const { file_id } = await uploadReady(service, user);
		store.cut();
		await service.as(user).get(file_id);
		store.mend();
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

	test('a ready file that no upload URL can change any more is shown, checked and opened without the store', async () => {
		const { file_id } = await uploadReady(service, user, 'the bytes');
		const parts = await uploadInParts();
		await service.prisma.file.update({ where: { id: file_id }, data: { uploadUrlExpiresAt: new Date() } });
		store.cut();
		for (const id of [file_id, parts]) {
			const answers = [
				await service.as(user).get(id),
				await service.jobs(`inputs/${id}/check`, { user_id: user.id }),
				await service.worker(`inputs/${id}/open`, { user_id: user.id }),
			];
			expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
		}
	});

	test('an output is not published, and is afterwards', async () => {
		const job = { id: newId('job'), user_id: newUser().id };
		const body = { job_id: job.id, user_id: job.user_id, name: 'a', mime_type: 'a/b', size_bytes: 5 };
		const output = (await service.worker('outputs', body)).body.data;
		await put(output.upload_url, 'hello', output.headers);
		const publish = () => service.jobs(`outputs/${output.file_id}/publish`, { job_id: job.id });
		store.cut();
		expect((await publish()).status).toBe(503);
		store.mend();
		expect((await publish()).status).toBe(204);
	});

	test('the service is not ready, and is ready again afterwards', async () => {
		const ready = () => request(service.app).get('/health/ready');
		await until(async () => expect((await ready()).status).toBe(200));
		store.cut();
		const answer = await ready();
		expect(answer.status).toBe(503);
		expect(answer.body.error.details).toContainEqual(expect.objectContaining({ path: 's3' }));
		store.mend();
		await until(async () => expect((await ready()).status).toBe(200));
	});
});

test('a bucket that is missing is the store’s fault and not the loss of its files', async () => {
	const other = await startFiles();
	try {
		const { file_id } = await uploadReady(other, user);
		await until(() => other.dependencies.checks.s3?.() ?? Promise.reject(new Error('no check')));
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
	test('is signed for the name by which clients reach the store', async () => {
		const { file_id, upload_url } = await uploadReady(service, user);
		expect(new URL(upload_url).origin).toBe(STORE_URL);
		const { download_url } = (await service.as(user).get(file_id)).body.data;
		expect(new URL(download_url).origin).toBe(STORE_URL);
	});

	test('for a worker is signed for the name by which workers reach it', async () => {
		const { file_id } = await uploadReady(service, user, 'the bytes');
		const { download_url } = (await service.worker(`inputs/${file_id}/open`, { user_id: user.id })).body.data;
		expect(new URL(download_url).origin).toBe(store.url);
		expect((await download(download_url)).text).toBe('the bytes');
		const body = { job_id: newId('job'), user_id: user.id, name: 'a', mime_type: 'a/b', size_bytes: 5 };
		const { upload_url, headers } = (await service.worker('outputs', body)).body.data;
		expect(new URL(upload_url).origin).toBe(store.url);
		expect(await put(upload_url, 'hello', headers)).toBe(200);
	});
});

test('a service that starts before the store is ready as soon as the bucket is prepared', async () => {
	const late = await cuttable(STORE_URL, { cut: true });
	const early = await startFiles({
		S3_ENDPOINT: late.url,
		S3_PUBLIC_ENDPOINT: STORE_URL,
		CORS_ORIGINS: 'https://app.example.org',
	});
	try {
		const ready = () => request(early.app).get('/health/ready');
		expect((await ready()).status).toBe(503);
		late.mend();
		await until(async () => expect((await ready()).status).toBe(200));
		const { upload_url } = await declare(early, user, { size_bytes: 5 });
		const preflight = async (origin: string) => {
			const headers = { Origin: origin, 'Access-Control-Request-Method': 'PUT' };
			const answer = await fetch(upload_url, { method: 'OPTIONS', headers });
			return answer.headers.get('access-control-allow-origin');
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
