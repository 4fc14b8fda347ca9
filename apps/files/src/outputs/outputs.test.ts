import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type FilesService, newUser, startFiles, type TestUser } from '../testing/files-service.ts';
import { download, MIB, put, putPart, type Upload } from '../testing/uploads.ts';

const HOUR_MS = 3_600_000;

let service: FilesService;

beforeAll(async () => {
	service = await startFiles({ SINGLE_PUT_LIMIT_BYTES: String(6 * MIB) });
});
afterAll(() => service.stop());

interface Job {
	id: string;
	user: TestUser;
}

const newJob = (): Job => ({ id: newId('job'), user: newUser() });

async function createOutput(job: Job, sizeBytes = 10): Promise<Upload> {
	const response = await service.worker('outputs', {
		job_id: job.id,
		user_id: job.user.id,
		name: 'output.pdf',
		mime_type: 'application/pdf',
		size_bytes: sizeBytes,
	});
	expect(response.status).toBe(201);
	return response.body.data;
}

async function sendOutput(job: Job, content = 'some bytes'): Promise<Upload> {
	const output = await createOutput(job, content.length);
	expect(await put(output.upload_url, content, output.headers)).toBe(200);
	return output;
}

const publish = (job: Job, fileId: string) => service.jobs(`outputs/${fileId}/publish`, { job_id: job.id });
const discard = (job: Job) => service.jobs('outputs/discard', { job_id: job.id });

/** Returns the ids of the files that the owner sees. */
async function seen(job: Job): Promise<string[]> {
	const { data } = (await service.as(job.user).list('?limit=100')).body;
	return data.map((file: { id: string }) => file.id);
}

describe('an output', () => {
	test('is not found by its owner until it is published', async () => {
		const job = newJob();
		const { file_id } = await sendOutput(job);
		expect(await seen(job)).toEqual([]);
		const mine = service.as(job.user);
		expect((await mine.get(file_id)).status).toBe(404);
		expect((await mine.delete(file_id)).status).toBe(404);
		expect((await mine.complete(file_id, [{ part_number: 1, etag: 'x' }])).status).toBe(404);
	});

	test('is found by its owner once it is published', async () => {
		const job = newJob();
		const { file_id } = await sendOutput(job, 'the result');
		const response = await publish(job, file_id);
		expect([response.status, response.text]).toEqual([204, '']);
		expect(await seen(job)).toEqual([file_id]);
		const { data } = (await service.as(job.user).get(file_id)).body;
		expect(data).toMatchObject({ name: 'output.pdf', status: 'ready', storage_tier: 'ephemeral' });
		expect((await download(data.download_url)).text).toBe('the result');
	});

	test('is kept for the plan’s retention period from its publication', async () => {
		const job = newJob();
		const { file_id } = await sendOutput(job);
		const soon = new Date(Date.now() + 60_000);
		await service.prisma.file.update({ where: { id: file_id }, data: { expiresAt: soon } });
		await publish(job, file_id);
		const { data } = (await service.as(job.user).get(file_id)).body;
		expect(Math.abs(Date.parse(data.expires_at) - Date.now() - 24 * HOUR_MS)).toBeLessThan(10_000);
	});

	test('is published twice without a change', async () => {
		const job = newJob();
		const { file_id } = await sendOutput(job);
		await publish(job, file_id);
		const before = (await service.as(job.user).get(file_id)).body.data;
		expect((await publish(job, file_id)).status).toBe(204);
		expect((await service.as(job.user).get(file_id)).body.data.expires_at).toBe(before.expires_at);
	});

	test('is not published before its bytes are there', async () => {
		const job = newJob();
		const { file_id } = await createOutput(job);
		const { status, body } = await publish(job, file_id);
		expect([status, body.error.code]).toEqual([409, 'file_not_uploaded']);
		expect(await seen(job)).toEqual([]);
	});

	test('is not published for another job', async () => {
		const { file_id } = await sendOutput(newJob());
		expect((await publish(newJob(), file_id)).body.error.code).toBe('not_found');
		expect((await publish(newJob(), newId('fil'))).body.error.code).toBe('not_found');
	});

	test('is not found when it is an upload of a user', async () => {
		const job = newJob();
		const upload = (await service.as(job.user).create({ name: 'a', mime_type: 'a/b', size_bytes: 1 })).body
			.data;
		expect((await publish(job, upload.file_id)).body.error.code).toBe('not_found');
	});

	test('replaces the one that was published before', async () => {
		const job = newJob();
		const [first, second] = [await sendOutput(job), await sendOutput(job)];
		await publish(job, first.file_id);
		expect((await publish(job, second.file_id)).status).toBe(204);
		expect(await seen(job)).toEqual([second.file_id]);
		expect((await publish(job, first.file_id)).body.error.code).toBe('not_found');
		expect(await seen(job)).toEqual([second.file_id]);
	});

	test('replaces those of earlier attempts', async () => {
		const job = newJob();
		const [first, second] = [await sendOutput(job), await sendOutput(job)];
		await publish(job, second.file_id);
		expect((await publish(job, first.file_id)).body.error.code).toBe('not_found');
		expect(await seen(job)).toEqual([second.file_id]);
	});

	test('replaces it also when a slow clock gave the later one an older id', async () => {
		const job = newJob();
		const olderId = newId('fil');
		const [first, second] = [await sendOutput(job), await sendOutput(job)];
		await publish(job, first.file_id);
		await service.prisma.file.update({ where: { id: second.file_id }, data: { id: olderId } });
		expect((await publish(job, olderId)).status).toBe(204);
		expect(await seen(job)).toEqual([olderId]);
	});

	test('is the only one of twenty that are published at once', async () => {
		const job = newJob();
		const outputs: Upload[] = [];
		for (let made = 0; made < 20; made += 1) outputs.push(await sendOutput(job));
		const responses = await Promise.all(outputs.map((output) => publish(job, output.file_id)));
		for (const response of responses) expect([204, 404]).toContain(response.status);
		const [winner, ...others] = await seen(job);
		expect(others).toEqual([]);
		expect((await publish(job, winner ?? '')).status).toBe(204);
		const left = await service.prisma.file.count({ where: { jobId: job.id, deletedAt: null } });
		expect(left).toBe(1);
	});

	test('is published by five concurrent calls', async () => {
		const job = newJob();
		const { file_id } = await sendOutput(job);
		const responses = await Promise.all(Array.from({ length: 5 }, () => publish(job, file_id)));
		expect(responses.map((response) => response.status)).toEqual(Array(5).fill(204));
	});

	test('is refused with another size or type than declared', async () => {
		const { upload_url } = await createOutput(newJob(), 5);
		expect(await put(upload_url, 'longer', { 'content-type': 'application/pdf' })).toBe(403);
		expect(await put(upload_url, 'hello', { 'content-type': 'text/html' })).toBe(403);
	});

	test('that was overwritten after it was published is not found', async () => {
		const job = newJob();
		const output = await sendOutput(job, 'the bytes');
		await publish(job, output.file_id);
		await put(output.upload_url, 'other one', output.headers);
		expect((await service.as(job.user).get(output.file_id)).status).toBe(404);
	});

	test('needs bytes and a size of at most 10 GiB', async () => {
		const body = { job_id: newId('job'), user_id: newUser().id, name: 'a', mime_type: 'a/b' };
		expect((await service.worker('outputs', { ...body, size_bytes: 0 })).body.error.code).toBe('validation');
		const large = await service.worker('outputs', { ...body, size_bytes: 10 * 1024 ** 3 + 1 });
		expect(large.body.error.code).toBe('too_large');
	});
});

describe('an output in parts', () => {
	test('is completed, twice if need be, and published', async () => {
		const job = newJob();
		const { file_id, upload_url, multipart } = await createOutput(job, 7 * MIB);
		expect(upload_url).toBeNull();
		expect(multipart.complete_url).toBe(`/internal/outputs/${file_id}/complete`);
		const parts = [];
		for (const part of multipart.parts) parts.push(await putPart(part));
		for (const _ of [1, 2]) {
			expect((await service.worker(`outputs/${file_id}/complete`, { parts })).status).toBe(204);
		}
		expect((await publish(job, file_id)).status).toBe(204);
		expect((await service.as(job.user).get(file_id)).body.data.size_bytes).toBe(7 * MIB);
	});

	test('is not published before it is completed', async () => {
		const job = newJob();
		const { file_id, multipart } = await createOutput(job, 7 * MIB);
		for (const part of multipart.parts) await putPart(part);
		expect((await publish(job, file_id)).body.error.code).toBe('file_not_uploaded');
	});

	test('is not completed with wrong parts, after it was discarded, or when it is an upload', async () => {
		const job = newJob();
		const { file_id, multipart } = await createOutput(job, 7 * MIB);
		const parts = [];
		for (const part of multipart.parts) parts.push(await putPart(part));
		const complete = (id: string, given: object[]) =>
			service.worker(`outputs/${id}/complete`, { parts: given });
		expect((await complete(file_id, parts.slice(1))).body.error.code).toBe('validation');
		await discard(job);
		expect((await complete(file_id, parts)).body.error.code).toBe('not_found');
		const upload = (await service.as(job.user).create({ name: 'a', mime_type: 'a/b', size_bytes: 1 })).body
			.data;
		expect((await complete(upload.file_id, parts)).body.error.code).toBe('not_found');
	});
});

describe('discarding outputs', () => {
	test('removes all of the job, published or not, and no others', async () => {
		const [job, other] = [newJob(), newJob()];
		const published = await sendOutput(job);
		await publish(job, published.file_id);
		const waiting = await sendOutput(job);
		const others = await sendOutput(other);
		await publish(other, others.file_id);
		expect((await discard(job)).status).toBe(204);
		expect(await seen(job)).toEqual([]);
		expect((await publish(job, waiting.file_id)).body.error.code).toBe('not_found');
		expect(await seen(other)).toEqual([others.file_id]);
	});

	test('twice, or of a job without any, is fine', async () => {
		const job = newJob();
		for (const _ of [1, 2]) expect((await discard(job)).status).toBe(204);
	});
});

test('each operation refuses other callers', async () => {
	const job = newJob();
	const { file_id } = await sendOutput(job);
	const refused = await Promise.all([
		service.worker(`outputs/${file_id}/publish`, { job_id: job.id }),
		service.worker('outputs/discard', { job_id: job.id }),
		service.jobs(`outputs/${file_id}/complete`, { parts: [{ part_number: 1, etag: 'x' }] }),
		service.jobs('outputs', { job_id: job.id, user_id: job.user.id }),
	]);
	expect(refused.map((response) => response.status)).toEqual([401, 401, 401, 401]);
	expect((await publish(job, file_id)).status).toBe(204);
});
