import { newId } from '@creatorr/contracts/ids';
import { UploadNotFoundError } from '@creatorr/storage/errors';
import type { MultipartUpload } from '@creatorr/storage/multipart';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { deleteAccount } from '../accounts/delete-account.sql.ts';
import { sweep } from '../sweep/sweep.ts';
import { buildFile } from '../testing/build-file.ts';
import { type FilesService, newUser, startFiles, type TestUser } from '../testing/files-service.ts';
import { countStoreCalls } from '../testing/store-calls.ts';
import { declare, PDF, put, upload, uploadReady } from '../testing/uploads.ts';
import { admitUpload } from './admit-upload.ts';
import { insertFile } from './insert-file.sql.ts';

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
	const response = await service.storageUse(of.id);
	expect(response.status).toBe(200);
	return response.body.data.stored_bytes;
}

/** Declares files until one GB of the free plan is left. */
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
	test('refuses an upload beyond it, with the limit, the use and Pro’s limit', async () => {
		await fillUp();
		expect(await used()).toBe(49 * GB);
		const refused = await create(GB + 1);
		expect([refused.status, refused.body.error.code]).toEqual([403, 'plan_limit']);
		expect(refused.body.error.message).toMatch(/49 GB.* 1.000000001 GB\. .* 50 GB, Pro 500 GB/);
		expect((await create(GB)).status).toBe(201);
		expect((await create(1)).status).toBe(403);
	});

	test('is not exceeded by twenty concurrent uploads, and filled by those that fit', async () => {
		const responses = await Promise.all(Array.from({ length: 20 }, () => create(5 * GB)));
		expect(responses.filter(({ status }) => status === 201)).toHaveLength(10);
		expect(await used()).toBe(50 * GB);
	});

	test('is not exceeded by twenty processes that insert at the same time', async () => {
		const writes = Array.from({ length: 20 }, () =>
			insertFile(service.deps.prisma, { userId: user.id, excludedJobId: null }, (use) => {
				admitUpload(service.deps.policy, 6 * GB, use);
				const id = newId('fil');
				return buildFile({ id, storageKey: id, userId: user.id, sizeBytes: 6 * GB });
			}),
		);
		const outcomes = await Promise.allSettled(writes);
		expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(8);
		expect(await used()).toBe(48 * GB);
	});

	test('admits a single file of 10 GiB', async () => {
		expect((await create(10 * GIB)).status).toBe(201);
		expect(await used()).toBe(10 * GIB);
	});

	test('is checked before a multipart upload is created', async () => {
		for (let count = 0; count < 4; count++) await declare(service, user, { size_bytes: 10 * GIB });
		const created: string[] = [];
		const { store } = service.deps;
		const { createMultipart } = store;
		store.createMultipart = (input) => {
			created.push(input.key);
			return createMultipart(input);
		};
		try {
			expect((await create(10 * GIB)).body.error.code).toBe('plan_limit');
			expect(created).toEqual([]);
		} finally {
			store.createMultipart = createMultipart;
		}
	});

	test('refuses an upload in parts that another overtook, and aborts it in the store', async () => {
		for (let count = 0; count < 4; count++) await declare(service, user, { size_bytes: 10 * GIB });
		const { store } = service.deps;
		const { createMultipart } = store;
		const created: MultipartUpload[] = [];
		store.createMultipart = async (input) => {
			store.createMultipart = createMultipart;
			await declare(service, user, { size_bytes: 5 * GB, multipart: false });
			const uploadId = await createMultipart(input);
			created.push({ key: input.key, uploadId });
			return uploadId;
		};
		try {
			const refused = await service.as(user).create({ ...PDF, size_bytes: 5 * GB, multipart: true });
			expect(refused.body.error.code).toBe('plan_limit');
		} finally {
			store.createMultipart = createMultipart;
		}
		expect(created).toHaveLength(1);
		for (const each of created) await expect(store.listParts(each)).rejects.toThrow(UploadNotFoundError);
	});

	test('depends on the plan', async () => {
		await service.prisma.account.create({ data: { userId: user.id, plan: 'pro' } });
		await fillUp();
		expect((await create(2 * GB)).status).toBe(201);
	});

	test('counts each user’s own files only', async () => {
		await fillUp();
		const other = newUser();
		expect((await service.as(other).create({ ...PDF, size_bytes: 5 * GB })).status).toBe(201);
		expect(await used(other)).toBe(5 * GB);
	});
});

describe('the storage use', () => {
	test('excludes a deleted or expired file once its upload URL has expired', async () => {
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

	test('includes deleted uploads while their URLs work', async () => {
		const ids = await fillUp();
		for (const id of ids) expect((await service.as(user).delete(id)).status).toBe(204);
		await sweep(service.deps, new AbortController().signal);
		expect(await used()).toBe(49 * GB);
		expect((await create(5 * GB)).body.error.code).toBe('plan_limit');
		const where = { id: { in: ids } };
		await service.prisma.file.updateMany({ where, data: { uploadUrlExpiresAt: new Date() } });
		expect(await used()).toBe(0);
		expect((await create(5 * GB)).status).toBe(201);
	});

	test('includes a deleted upload in parts until the sweep has aborted it', async () => {
		const { file_id } = await declare(service, user, { size_bytes: 10 * GIB });
		await service.as(user).delete(file_id);
		expect(await used()).toBe(10 * GIB);
		await sweep(service.deps, new AbortController().signal);
		expect(await used()).toBe(0);
	});

	test('excludes a deleted output, whose upload URL only a worker has', async () => {
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

	test('includes an upload until its deadline, and a file until it expires', async () => {
		const open = await declare(service, user, { size_bytes: 3 });
		const { file_id } = await uploadReady(service, user, 'seven b');
		expect(await used()).toBe(10);
		await change(open.file_id, { abandonAt: new Date(), uploadUrlExpiresAt: new Date() });
		await change(file_id, { abandonAt: new Date() });
		expect(await used()).toBe(7);
	});

	test('includes outputs of jobs', async () => {
		await fillUp();
		const job_id = newId('job');
		const output = { job_id, user_id: user.id, name: 'out.pdf', mime_type: 'application/pdf' };
		expect((await service.worker('outputs', { ...output, size_bytes: 10 * GIB })).status).toBe(201);
		const response = await service.worker('outputs', { ...output, size_bytes: 5 });
		await put(response.body.data.upload_url, 'hello', response.body.data.headers);
		const published = await service.jobs(`outputs/${response.body.data.file_id}/publish`, { job_id });
		expect(published.status).toBe(204);
		expect(await used()).toBe(49 * GB + 5);
		expect((await create(GB)).body.error.code).toBe('plan_limit');
	});

	test('can be read only by billing', async () => {
		expect((await service.storageUse(user.id, 'jobs')).status).toBe(401);
	});

	test('is 0 for a user without files and for a deleted account', async () => {
		expect(await used()).toBe(0);
		await declare(service, user, { size_bytes: 5 });
		await deleteAccount(service.deps.prisma, { eventId: newId('evt'), userId: user.id });
		expect(await used()).toBe(0);
	});
});

describe('jobs of a user whose storage is full', () => {
	const store = (jobId: string, sizeBytes: number) =>
		service.worker('outputs', {
			job_id: jobId,
			user_id: user.id,
			name: 'out.pdf',
			mime_type: 'application/pdf',
			size_bytes: sizeBytes,
		});

	test('store no output beyond the margin, except one that replaces an output of their own', async () => {
		await fillUp();
		const [first, second] = [newId('job'), newId('job')];
		expect((await store(first, 10 * GIB)).status).toBe(201);
		for (const size of [5, 6 * GB]) {
			const refused = await store(second, size);
			expect([refused.status, refused.body.error.code]).toEqual([403, 'plan_limit']);
		}
		expect((await store(first, 10 * GIB)).status).toBe(201);
	});

	test('are not created', async () => {
		await fillUp();
		const { file_id } = await uploadReady(service, user);
		const check = () => service.jobs(`inputs/${file_id}/check`, { user_id: user.id });
		expect((await check()).status).toBe(200);
		await store(newId('job'), GB);
		const refused = await check();
		expect([refused.status, refused.body.error.code]).toEqual([403, 'plan_limit']);
		expect(refused.body.error.message).toMatch(/there is no room for another result\. .* allows 50 GB/);
	});
});

describe('the limit of pending uploads and files', () => {
	let limited: FilesService;

	beforeAll(async () => {
		limited = await startFiles({
			MAX_PENDING_UPLOADS: '3',
			PLANS: JSON.stringify({ free: { maxFiles: 6 } }),
		});
	});
	afterAll(() => limited.stop());

	const createOne = (body: object = {}) => limited.as(user).create({ ...PDF, size_bytes: 5, ...body });
	const expectRefused = async (body: object = {}) => {
		const refused = await createOne(body);
		expect([refused.status, refused.body.error.code]).toEqual([429, 'rate_limited']);
		expect(refused.headers['retry-after']).toBe('3600');
		expect(refused.body.error.message).toMatch(/3 unfinished uploads .* Finish or delete some/);
	};

	test('refuses one more, by a single PUT or in parts, and admits it once the bytes of one have come', async () => {
		await uploadReady(limited, user);
		for (let count = 0; count < 2; count++) await declare(limited, user, { size_bytes: 5 });
		const { upload_url, headers } = await declare(limited, user, { size_bytes: 5 });
		await put(upload_url, 'hello', headers);
		expect((await createOne()).status).toBe(201);
		await expectRefused();
		await expectRefused({ size_bytes: 6_000_000, multipart: true });
	});

	test('refuses further ones without a lookup in the store, and admits one once the status of an upload was read', async () => {
		for (let count = 0; count < 2; count++) await declare(limited, user, { size_bytes: 5 });
		const { file_id, upload_url, headers } = await declare(limited, user, { size_bytes: 5 });
		await expectRefused();
		const lookups = countStoreCalls(limited, 'headObject');
		for (let count = 0; count < 3; count++) await expectRefused();
		lookups.restore();
		expect(lookups.calls).toBe(0);
		await put(upload_url, 'hello', headers);
		await limited.as(user).get(file_id);
		expect((await createOne()).status).toBe(201);
	});

	test('refuses uploads beyond the file limit, counts outputs toward it, but never refuses an output', async () => {
		const output = { job_id: newId('job'), user_id: user.id, name: 'a', mime_type: 'a/b', size_bytes: 5 };
		const createOutput = async () => (await limited.worker('outputs', output)).status;
		for (let count = 0; count < 5; count++) expect(await createOutput()).toBe(201);
		expect((await createOne()).status).toBe(201);
		const refused = await createOne();
		expect([refused.status, refused.body.error.code]).toEqual([403, 'plan_limit']);
		expect(refused.body.error.message).toMatch(
			/You have 6 files and unfinished uploads\. The Free plan allows 6 files, Pro 50,000\. Delete some/,
		);
		expect(await createOutput()).toBe(201);
	});

	test('admits concurrent uploads once the bytes of as many have come', async () => {
		for (let count = 0; count < 3; count++) await upload(limited, user, 'hello');
		const responses = await Promise.all([createOne(), createOne(), createOne(), createOne()]);
		expect(responses.map(({ status }) => status).toSorted()).toEqual([201, 201, 201, 429]);
	});

	test('is not exceeded by ten concurrent uploads', async () => {
		const responses = await Promise.all(Array.from({ length: 10 }, () => createOne()));
		expect(responses.filter(({ status }) => status === 201)).toHaveLength(3);
	});

	test('includes deleted uploads while their URLs work, and excludes outputs of jobs', async () => {
		const ids: string[] = [];
		for (let count = 0; count < 3; count++)
			ids.push((await declare(limited, user, { size_bytes: 5 })).file_id);
		for (const id of ids) await limited.as(user).delete(id);
		await expectRefused();
		const where = { id: { in: ids } };
		await limited.prisma.file.updateMany({ where, data: { uploadUrlExpiresAt: new Date() } });
		const output = { job_id: newId('job'), user_id: user.id, name: 'a', mime_type: 'a/b', size_bytes: 5 };
		for (let count = 0; count < 4; count++)
			expect((await limited.worker('outputs', output)).status).toBe(201);
		expect((await createOne()).status).toBe(201);
	});
});
