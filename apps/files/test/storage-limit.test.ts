import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { insertFile } from '../src/data/insert-file.ts';
import { admitUpload } from '../src/domain/admit-upload.ts';
import { sweep } from '../src/domain/sweep/sweep.ts';
import { aFile } from './support/a-file.ts';
import { type FilesService, newUser, startFiles, type TestUser } from './support/files-service.ts';
import { declare, PDF, put, uploadReady } from './support/uploads.ts';

const GB = 1_000_000_000;
const GIB = 1024 ** 3;

let service: FilesService;
let user: TestUser;

beforeAll(async () => {
	service = await startFiles();
});
beforeEach(() => {
	user = newUser();
});
afterAll(() => service.stop());

const create = (sizeBytes: number) => service.as(user).create({ ...PDF, size_bytes: sizeBytes });

async function used(of = user): Promise<number> {
	const answer = await service.storageUse(of.id);
	expect(answer.status).toBe(200);
	return answer.body.data.stored_bytes;
}

/** Declares so much that one GB is left of the free plan. */
async function fillUp(): Promise<string[]> {
	const ids: string[] = [];
	for (let count = 0; count < 7; count++)
		ids.push((await declare(service, user, { size_bytes: 4_900_000_000 })).file_id);
	ids.push((await declare(service, user, { size_bytes: 4_700_000_000 })).file_id);
	ids.push((await declare(service, user, { size_bytes: 5_000_000_000 })).file_id);
	ids.push((await declare(service, user, { size_bytes: 5_000_000_000 })).file_id);
	return ids;
}

const change = (id: string, data: object) => service.prisma.file.update({ where: { id }, data });

describe('the limit of stored bytes', () => {
	test('refuses what goes over it, and says the limit, the use and what Pro gives', async () => {
		await fillUp();
		expect(await used()).toBe(49 * GB);
		const refused = await create(GB + 1);
		expect([refused.status, refused.body.error.code]).toEqual([403, 'plan_limit']);
		expect(refused.body.error.message).toMatch(/49 GB .* 1,000,000,001 bytes; .* 50 GB, Pro 500 GB/);
		expect((await create(GB)).status).toBe(201);
		expect((await create(1)).status).toBe(403);
	});

	test('is never passed by twenty that come at once, and filled by those that fit', async () => {
		const answers = await Promise.all(Array.from({ length: 20 }, () => create(5 * GB)));
		expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
		expect(await used()).toBe(50 * GB);
	});

	test('is never passed when as many processes write at once', async () => {
		const writes = Array.from({ length: 20 }, () =>
			insertFile(service.prisma, user.id, (standing) => {
				admitUpload(service.dependencies.policy, { sizeBytes: 6 * GB, jobId: null }, standing);
				const id = newId('fil');
				return aFile({ id, storageKey: id, userId: user.id, sizeBytes: 6 * GB });
			}),
		);
		const outcomes = await Promise.allSettled(writes);
		expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(8);
		expect(await used()).toBe(48 * GB);
	});

	test('lets a single file of 10 GiB in', async () => {
		expect((await create(10 * GIB)).status).toBe(201);
		expect(await used()).toBe(10 * GIB);
	});

	test('begins no upload in parts in vain', async () => {
		for (let count = 0; count < 4; count++) await declare(service, user, { size_bytes: 10 * GIB });
		const begun: string[] = [];
		const { store } = service.dependencies;
		const { beginMultipart } = store;
		store.beginMultipart = (input) => {
			begun.push(input.key);
			return beginMultipart(input);
		};
		try {
			expect((await create(10 * GIB)).body.error.code).toBe('plan_limit');
			expect(begun).toEqual([]);
		} finally {
			store.beginMultipart = beginMultipart;
		}
	});

	test('is the plan’s', async () => {
		await service.prisma.account.create({ data: { userId: user.id, plan: 'pro' } });
		await fillUp();
		expect((await create(2 * GB)).status).toBe(201);
	});

	test('is a user’s own', async () => {
		await fillUp();
		const other = newUser();
		expect((await service.as(other).create({ ...PDF, size_bytes: 5 * GB })).status).toBe(201);
		expect(await used(other)).toBe(5 * GB);
	});
});

describe('what is stored', () => {
	test('counts no longer once it is deleted or has expired, and its upload URL has too', async () => {
		const [deleted = '', expired = ''] = await fillUp();
		await service.as(user).delete(deleted);
		await change(expired, { expiresAt: new Date() });
		expect(await used()).toBe(49 * GB);
		await change(deleted, { uploadUrlExpiresAt: new Date() });
		expect(await used()).toBe(49 * GB - 4_900_000_000);
		await change(expired, { uploadUrlExpiresAt: new Date() });
		expect(await used()).toBe(49 * GB - 2 * 4_900_000_000);
		expect((await create(4 * GB)).status).toBe(201);
	});

	test('counts ten deleted uploads, so that their URLs and those of ten more never work at once', async () => {
		const ids = await fillUp();
		for (const id of ids) expect((await service.as(user).delete(id)).status).toBe(204);
		await sweep(service.dependencies, new AbortController().signal);
		expect(await used()).toBe(49 * GB);
		expect((await create(5 * GB)).body.error.code).toBe('plan_limit');
		const where = { id: { in: ids } };
		await service.prisma.file.updateMany({ where, data: { uploadUrlExpiresAt: new Date() } });
		expect(await used()).toBe(0);
		expect((await create(5 * GB)).status).toBe(201);
	});

	test('counts a deleted upload in parts until the sweep has aborted it', async () => {
		const { file_id } = await declare(service, user, { size_bytes: 10 * GIB });
		await service.as(user).delete(file_id);
		expect(await used()).toBe(10 * GIB);
		await sweep(service.dependencies, new AbortController().signal);
		expect(await used()).toBe(0);
	});

	test('counts no deleted output of a job: its upload URL is a worker’s', async () => {
		const output = {
			job_id: newId('job'),
			user_id: user.id,
			name: 'out.pdf',
			mime_type: 'a/b',
			size_bytes: 5,
		};
		await service.worker('outputs', output);
		expect(await used()).toBe(5);
		await service.jobs('outputs/discard', { job_id: output.job_id });
		expect(await used()).toBe(0);
	});

	test('counts an upload until it is given up, and a file as long as it is kept', async () => {
		const open = await declare(service, user, { size_bytes: 3 });
		const { file_id } = await uploadReady(service, user, 'seven b');
		expect(await used()).toBe(10);
		await change(open.file_id, { abandonAt: new Date(), uploadUrlExpiresAt: new Date() });
		await change(file_id, { abandonAt: new Date() });
		expect(await used()).toBe(7);
	});

	test('counts what jobs put out, which is never refused', async () => {
		await fillUp();
		const job_id = newId('job');
		const output = { job_id, user_id: user.id, name: 'out.pdf', mime_type: 'application/pdf' };
		expect((await service.worker('outputs', { ...output, size_bytes: 10 * GIB })).status).toBe(201);
		const answer = await service.worker('outputs', { ...output, size_bytes: 5 });
		await put(answer.body.data.upload_url, 'hello', answer.body.data.headers);
		const published = await service.jobs(`outputs/${answer.body.data.file_id}/publish`, { job_id });
		expect(published.status).toBe(204);
		expect(await used()).toBe(49 * GB + 5);
		expect((await create(GB)).body.error.code).toBe('plan_limit');
	});

	test('is told to billing alone', async () => {
		expect((await service.storageUse(user.id, 'jobs')).status).toBe(401);
	});

	test('is nothing for somebody who never had a file, or whose account was deleted', async () => {
		expect(await used()).toBe(0);
		await declare(service, user, { size_bytes: 5 });
		await service.dependencies.deleteAccount({ id: newId('evt'), userId: user.id });
		expect(await used()).toBe(0);
	});
});
