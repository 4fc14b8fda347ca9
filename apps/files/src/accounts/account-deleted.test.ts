import { accountDeleted, newEvent } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { type Broker, connectBroker } from '@creatorr/messaging/connection';
import { createPublisher, type Publish } from '@creatorr/messaging/publisher';
import { silent } from '@creatorr/testing/silent';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import request from 'supertest';
import { type FilesService, newUser, startFiles } from '../testing/files-service.ts';
import { declare, uploadReady } from '../testing/uploads.ts';

/** For transactions that wait for another session. */
const LONG_TRANSACTION = { timeout: 20_000 };

let service: FilesService;
let replica: Awaited<ReturnType<FilesService['startReplica']>>;
let broker: Broker;
let publish: Publish;

beforeAll(async () => {
	service = await startFiles({ SWEEP_INTERVAL_SECONDS: '0.1' });
	replica = await service.startReplica();
	broker = await connectBroker({ url: service.amqpUrl, name: 'test', logger: silent });
	publish = createPublisher(broker);
});
afterAll(async () => {
	await replica.stop();
	await broker.close();
	await service.stop();
});

/** Publishes the deletion of an account, and waits until the service has handled it and erased the files. */
async function deleteAccount(
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
	const [user, other] = [newUser(), newUser()];
	const mine = await uploadReady(service, user);
	const pending = await declare(service, user, { size_bytes: 5 });
	const theirs = await uploadReady(service, other);
	await deleteAccount(user.id);
	for (const { file_id } of [mine, pending]) expect((await service.as(user).get(file_id)).status).toBe(404);
	expect((await service.as(user).list()).body.data).toEqual([]);
	const { storageKey } = await service.prisma.file.findUniqueOrThrow({ where: { id: mine.file_id } });
	await waitFor(async () => expect(await service.storage.headObject(storageKey)).toBeNull());
	expect((await service.as(other).get(theirs.file_id)).status).toBe(200);
});

test('the names of its files are erased, also of files that were deleted before', async () => {
	const user = newUser();
	const [kept, deleted] = [await uploadReady(service, user), await uploadReady(service, user)];
	await service.as(user).delete(deleted.file_id);
	await deleteAccount(user.id);
	const rows = await service.prisma.file.findMany({ where: { userId: user.id } });
	expect(rows.map((row) => row.id).toSorted()).toEqual([kept.file_id, deleted.file_id].toSorted());
	expect(rows.map((row) => row.name)).toEqual(['', '']);
});

test('a deleted account gets no file any more, neither by a request nor by a running job', async () => {
	const user = newUser();
	await deleteAccount(user.id);
	const created = await service.as(user).create({ name: 'a', mime_type: 'a/b', size_bytes: 1 });
	expect(created.body.error.code).toBe('unauthorized');
	const output = { job_id: newId('job'), user_id: user.id, name: 'a', mime_type: 'a/b', size_bytes: 1 };
	expect((await service.worker('outputs', output)).body.error.code).toBe('not_found');
});

test('a file that is inserted while its account is deleted is deleted too', async () => {
	const user = newUser();
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
		const deleted = deleteAccount(user.id);
		await waitUntilBlocked(2);
		return { creating: created, deleting: deleted };
	}, LONG_TRANSACTION);
	const { file_id } = (await creating).body.data;
	await deleting;
	const { deletedAt } = await service.prisma.file.findUniqueOrThrow({ where: { id: file_id } });
	expect(deletedAt).not.toBeNull();
});

test('an upload that is requested while its account is deleted is refused', async () => {
	const user = newUser();
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
	const user = newUser();
	await uploadReady(service, user);
	const event = await deleteAccount(user.id);
	const before = await service.prisma.account.findUnique({ where: { userId: user.id } });
	await publish(event);
	await deleteAccount(newUser().id);
	expect(await service.prisma.account.findUnique({ where: { userId: user.id } })).toEqual(before);
});

test('the service is ready when database, broker and store answer', async () => {
	await waitFor(async () => {
		const response = await request(service.url).get('/health/ready');
		expect([response.status, response.body]).toEqual([200, { data: { status: 'ok' } }]);
	});
});
