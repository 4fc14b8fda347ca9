import { accountVerified, newEvent } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { connectBroker } from '@creatorr/messaging/connection';
import { createPublisher } from '@creatorr/messaging/publisher';
import { silent } from '@creatorr/testing/silent';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { recordPlanChange } from '../plans/plans.sql.ts';
import { type FilesService, newUser, startFiles, type TestUser } from '../testing/files-service.ts';
import { PDF } from '../testing/uploads.ts';
import { markVerified } from './accounts.sql.ts';
import { deleteAccount } from './delete-account.sql.ts';

const GB = 1_000_000_000;

let service: FilesService;
let user: TestUser;

beforeAll(async () => {
	service = await startFiles({ UNVERIFIED_STORED_BYTES: String(GB) });
});
beforeEach(() => {
	user = newUser();
});
afterAll(() => service.stop());

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
	const broker = await connectBroker({
		url: service.amqpUrl,
		name: 'test',
		logger: silent,
	});
	const replica = await service.startReplica();
	try {
		const publish = createPublisher(broker);
		await waitFor(() => publish(newEvent(accountVerified, { user_id: user.id }, newId('req'))));
		await waitFor(async () => expect((await create(2 * GB)).status).toBe(201));
	} finally {
		await replica.stop();
		await broker.close();
	}
});
