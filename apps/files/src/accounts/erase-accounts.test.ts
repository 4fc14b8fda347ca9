import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type FilesService, newUser, startFiles, type TestUser } from '../testing/files-service.ts';
import { uploadReady } from '../testing/uploads.ts';
import { deleteAccount, eraseNextBatch } from './delete-account.sql.ts';
import { eraseAccounts } from './erase-accounts.ts';

const BATCH = 1_000;
const running = new AbortController().signal;

let service: FilesService;
let user: TestUser;

beforeAll(async () => {
	service = await startFiles();
});
beforeEach(() => {
	user = newUser();
});
afterAll(() => service.stop());

const deleteOf = ({ id }: TestUser) =>
	deleteAccount(service.deps.prisma, { eventId: newId('evt'), userId: id });
const erase = () => eraseNextBatch(service.deps.prisma);
const left = () =>
	service.prisma.file.count({ where: { userId: user.id, OR: [{ deletedAt: null }, { name: { not: '' } }] } });

/** Inserts files of a user. */
const insertMany = (owner: TestUser, count: number) =>
	service.prisma.$executeRaw`
		INSERT INTO files (id, user_id, name, mime_type, size_bytes, storage_tier, storage_key, status, etag, published_at,
			created_at, expires_at, abandon_at, upload_url_expires_at, sweep_at)
		SELECT id, ${owner.id}, 'a.pdf', 'application/pdf', 10, 'ephemeral', 'files/' || id, 'ready', '"a"', now(), now(),
			now() + interval '1 day', now() + interval '1 day', now() + interval '1 hour', now() + interval '1 day'
		FROM generate_series(1, ${count}::int) AS made,
			LATERAL (SELECT 'fil_' || substr(${owner.id}, 19) || lpad(upper(to_hex(made)), 12, '0') AS id) AS named`;

test('hides the files of a deleted account before the first of them is erased', async () => {
	const { file_id } = await uploadReady(service, user);
	await deleteOf(user);
	expect(await left()).toBe(1);
	const { get, list, create } = service.as(user);
	expect((await get(file_id)).status).toBe(404);
	expect((await list()).body.data).toEqual([]);
	expect((await service.worker(`inputs/${file_id}/open`, { user_id: user.id })).status).toBe(404);
	expect((await create({ name: 'a', mime_type: 'a/b', size_bytes: 1 })).status).toBe(401);
	await eraseAccounts.run(service.deps, running);
	expect(await left()).toBe(0);
});

test('erases a large account in batches, and continues after the process that began has died', async () => {
	await insertMany(user, 2 * BATCH + 1);
	await deleteOf(user);
	expect([await erase(), await left()]).toEqual([BATCH, BATCH + 1]);
	await Promise.all([1, 2].map(() => eraseAccounts.run(service.deps, running)));
	expect([await left(), await erase()]).toEqual([0, null]);
});

test('erases a small account after one batch of a large one', async () => {
	const small = newUser();
	await insertMany(user, 2 * BATCH);
	await uploadReady(service, small);
	await deleteOf(user);
	await deleteOf(small);
	expect([await erase(), await erase()]).toEqual([BATCH, 1]);
	await eraseAccounts.run(service.deps, running);
});

test('updates no file that is erased already', async () => {
	await insertMany(user, 2);
	await deleteOf(user);
	await erase();
	const version = () =>
		service.prisma.$queryRaw`SELECT xmin::text, name FROM files WHERE user_id = ${user.id} ORDER BY id`;
	const before = await version();
	await deleteOf(user);
	await erase();
	expect(await version()).toEqual(before);
});
