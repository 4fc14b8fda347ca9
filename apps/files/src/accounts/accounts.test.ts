import { accountDeleted, accountVerified, newEvent } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { type Broker, connectBroker } from '@creatorr/messaging/connection';
import { createPublisher, type Publish } from '@creatorr/messaging/publisher';
import { silent } from '@creatorr/testing/silent';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { recordPlanChange } from '../plans/plans.sql.ts';
import { type FilesService, newUser, startFiles, type TestUser } from '../testing/files-service.ts';
import { declare, PDF, uploadReady } from '../testing/uploads.ts';
import { markVerified } from './accounts.sql.ts';
import { deleteAccount, eraseNextBatch } from './delete-account.sql.ts';
import { eraseAccounts } from './erase-accounts.ts';

const GB = 1_000_000_000;

let service: FilesService;
let broker: Broker;
let publish: Publish;
let user: TestUser;

beforeAll(async () => {
	service = await startFiles({ UNVERIFIED_STORED_BYTES: String(GB), SWEEP_INTERVAL_SECONDS: '0.1' });
	broker = await connectBroker({ url: service.amqpUrl, name: 'test', logger: silent });
	publish = createPublisher(broker);
});
beforeEach(() => {
	user = newUser();
});
afterAll(async () => {
	await broker.close();
	await service.stop();
});

const create = (sizeBytes: number) => service.as(user).create({ ...PDF, size_bytes: sizeBytes });
const use = async () => (await service.storageUse(user.id)).body.data;

describe('a user whose email is not verified', () => {
	test('stores a gigabyte and no byte more, by single PUTs or in parts', async () => {
		expect((await create(GB)).status).toBe(201);
		expect(await use()).toEqual({ stored_bytes: GB, max_stored_bytes: GB, stored_files: 1 });
		for (const body of [{ size_bytes: 1 }, { size_bytes: 6_000_000, multipart: true }]) {
			const refused = await service.as(user).create({ ...PDF, ...body });
			expect([refused.status, refused.body.error.code]).toEqual([403, 'email_not_verified']);
			expect(refused.body.error.message).toMatch(
				/You can store 1 GB until you verify your email\. Open the link/,
			);
		}
	});

	test('stores as much as the plan allows once the email is verified, however often that is announced', async () => {
		expect((await create(2 * GB)).status).toBe(403);
		for (const _ of [1, 2]) await markVerified(service.deps.prisma, user.id);
		expect((await create(2 * GB)).status).toBe(201);
		expect(await use()).toEqual({ stored_bytes: 2 * GB, stored_files: 1 });
	});

	test('may verify it before the first file, and stays verified after a change of plan', async () => {
		await markVerified(service.deps.prisma, user.id);
		await recordPlanChange(service.deps.prisma, { userId: user.id, plan: 'pro', version: 1 });
		expect((await create(2 * GB)).status).toBe(201);
	});

	test('is erased with the account, and a late event changes nothing', async () => {
		await markVerified(service.deps.prisma, user.id);
		await deleteAccount(service.deps.prisma, { eventId: newId('evt'), userId: user.id });
		await markVerified(service.deps.prisma, user.id);
		const account = await service.prisma.account.findUniqueOrThrow({ where: { userId: user.id } });
		expect(account).toMatchObject({ emailVerified: false, deletedAt: expect.any(Date) });
		expect((await create(1)).status).toBe(401);
	});
});

test('the event account.verified lifts the limit', async () => {
	const replica = await service.startReplica();
	try {
		await waitFor(() => publish(newEvent(accountVerified, { user_id: user.id }, newId('req'))));
		await waitFor(async () => expect((await create(2 * GB)).status).toBe(201));
	} finally {
		await replica.stop();
	}
});

describe('the task that erases accounts', () => {
	const BATCH = 1_000;
	const running = new AbortController().signal;

	// Other tests leave deletions that nothing has applied to files yet.
	beforeEach(() => eraseAccounts.run(service.deps, running));

	const deleteOf = ({ id }: TestUser) =>
		deleteAccount(service.deps.prisma, { eventId: newId('evt'), userId: id });
	const erase = () => eraseNextBatch(service.deps.prisma);
	const left = () =>
		service.prisma.file.count({
			where: { userId: user.id, OR: [{ deletedAt: null }, { name: { not: '' } }] },
		});

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
});

describe('the event account.deleted:', () => {
	/** For transactions that wait for another session. */
	const LONG_TRANSACTION = { timeout: 20_000 };

	/** Handles events and erases files. */
	let replica: Awaited<ReturnType<FilesService['startReplica']>>;

	beforeAll(async () => {
		replica = await service.startReplica();
	});
	afterAll(() => replica.stop());

	/** Publishes the deletion of an account, and waits until the service has handled it and erased the files. */
	async function publishDeletion(
		userId: string,
		event = newEvent(accountDeleted, { user_id: userId }, newId('req')),
	) {
		await waitFor(() => publish(event));
		await waitFor(() => service.prisma.inbox.findFirstOrThrow({ where: { eventId: event.id } }));
		await waitFor(async () => expect(await service.prisma.accountDeletion.count()).toBe(0));
		return event;
	}

	/** Resolves once this many sessions of the database wait for a lock. */
	async function waitUntilBlocked(sessions: number): Promise<void> {
		await waitFor(async () => {
			const waiting = await service.prisma.$queryRaw<unknown[]>`
				SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
			expect(waiting).toHaveLength(sessions);
		});
	}

	test('a deleted account’s files, outputs and bytes are deleted, and no other account’s', async () => {
		const other = newUser();
		const mine = await uploadReady(service, user);
		const pending = await declare(service, user, { size_bytes: 5 });
		const theirs = await uploadReady(service, other);
		await publishDeletion(user.id);
		for (const { file_id } of [mine, pending]) expect((await service.as(user).get(file_id)).status).toBe(404);
		expect((await service.as(user).list()).body.data).toEqual([]);
		const { storageKey } = await service.prisma.file.findUniqueOrThrow({ where: { id: mine.file_id } });
		await waitFor(async () => expect(await service.storage.headObject(storageKey)).toBeNull());
		expect((await service.as(other).get(theirs.file_id)).status).toBe(200);
	});

	test('the names of its files are erased, also of files that were deleted before', async () => {
		const [kept, deleted] = [await uploadReady(service, user), await uploadReady(service, user)];
		await service.as(user).delete(deleted.file_id);
		await publishDeletion(user.id);
		const rows = await service.prisma.file.findMany({ where: { userId: user.id } });
		expect(rows.map((row) => row.id).toSorted()).toEqual([kept.file_id, deleted.file_id].toSorted());
		expect(rows.map((row) => row.name)).toEqual(['', '']);
	});

	test('a deleted account gets no file any more, neither by a request nor by a running job', async () => {
		await publishDeletion(user.id);
		const created = await service.as(user).create({ name: 'a', mime_type: 'a/b', size_bytes: 1 });
		expect(created.body.error.code).toBe('unauthorized');
		const output = { job_id: newId('job'), user_id: user.id, name: 'a', mime_type: 'a/b', size_bytes: 1 };
		expect((await service.worker('outputs', output)).body.error.code).toBe('not_found');
	});

	test('a file that is inserted while its account is deleted is deleted too', async () => {
		await declare(service, user, { size_bytes: 5 });
		await service.prisma.$executeRaw`
			CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS
			$$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$`;
		await service.prisma.$executeRaw`
			CREATE TRIGGER wait_for_test BEFORE INSERT ON files
			FOR EACH ROW WHEN (NEW.name = 'slow') EXECUTE FUNCTION wait_for_test()`;
		const { creating, deleting } = await service.prisma.$transaction(async (tx) => {
			await tx.$queryRaw`SELECT true FROM (SELECT pg_advisory_xact_lock(1)) AS held`;
			const created = service.as(user).create({ name: 'slow', mime_type: 'a/b', size_bytes: 1 }).then();
			await waitUntilBlocked(1);
			const deleted = publishDeletion(user.id);
			await waitUntilBlocked(2);
			return { creating: created, deleting: deleted };
		}, LONG_TRANSACTION);
		const { file_id } = (await creating).body.data;
		await deleting;
		const { deletedAt } = await service.prisma.file.findUniqueOrThrow({ where: { id: file_id } });
		expect(deletedAt).not.toBeNull();
	});

	test('an upload that is requested while its account is deleted is refused', async () => {
		await declare(service, user, { size_bytes: 5 });
		const creating = await service.prisma.$transaction(async (tx) => {
			await tx.account.update({ where: { userId: user.id }, data: { deletedAt: new Date() } });
			const created = service.as(user).create({ name: 'a', mime_type: 'a/b', size_bytes: 1 }).then();
			await waitUntilBlocked(1);
			return { created };
		}, LONG_TRANSACTION);
		expect((await creating.created).body.error.code).toBe('unauthorized');
		expect(await service.prisma.file.count({ where: { userId: user.id } })).toBe(1);
	});

	test('a repeated event changes nothing', async () => {
		await uploadReady(service, user);
		const event = await publishDeletion(user.id);
		const before = await service.prisma.account.findUnique({ where: { userId: user.id } });
		await publish(event);
		await publishDeletion(newUser().id);
		expect(await service.prisma.account.findUnique({ where: { userId: user.id } })).toEqual(before);
	});

	test('the service is ready when database, broker and store answer', async () => {
		await waitFor(async () => {
			const response = await request(service.url).get('/health/ready');
			expect([response.status, response.body]).toEqual([200, { data: { status: 'ok' } }]);
		});
	});
});
