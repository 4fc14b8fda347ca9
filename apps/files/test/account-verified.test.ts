import { accountVerified, newEvent } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { connectBroker } from '@creatorr/messaging/connection';
import { createPublisher } from '@creatorr/messaging/publisher';
import { until } from '@creatorr/testing/until';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startBackground } from '../src/background.ts';
import { type FilesService, newUser, startFiles, type TestUser } from './support/files-service.ts';
import { PDF } from './support/uploads.ts';

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
		expect(await use()).toEqual({ stored_bytes: GB, max_stored_bytes: GB });
		for (const body of [{ size_bytes: 1 }, { size_bytes: 6_000_000, multipart: true }]) {
			const refused = await service.as(user).create({ ...PDF, ...body });
			expect([refused.status, refused.body.error.code]).toEqual([403, 'email_not_verified']);
			expect(refused.body.error.message).toMatch(
				/until your email is verified you can store 1 GB: open the link/,
			);
		}
	});

	test('stores as much as the plan allows once it is, however often that is announced', async () => {
		expect((await create(2 * GB)).status).toBe(403);
		for (const _ of [1, 2]) await service.dependencies.markVerified(user.id);
		expect((await create(2 * GB)).status).toBe(201);
		expect(await use()).toEqual({ stored_bytes: 2 * GB });
	});

	test('has verified it before the first file, and keeps that through a change of plan', async () => {
		await service.dependencies.markVerified(user.id);
		await service.dependencies.changePlan({ userId: user.id, plan: 'pro', version: 1 });
		expect((await create(2 * GB)).status).toBe(201);
	});

	test('is forgotten with the account, and a late announcement changes nothing', async () => {
		await service.dependencies.markVerified(user.id);
		await service.dependencies.deleteAccount({ id: newId('evt'), userId: user.id });
		await service.dependencies.markVerified(user.id);
		const account = await service.prisma.account.findUniqueOrThrow({ where: { userId: user.id } });
		expect(account).toMatchObject({ emailVerified: false, deletedAt: expect.any(Date) });
		expect((await create(1)).status).toBe(401);
	});
});

test('the event account.verified lifts the limit', async () => {
	const broker = await connectBroker({
		url: service.amqpUrl,
		name: 'test',
		logger: service.dependencies.logger,
	});
	const background = startBackground(service.dependencies, service.config);
	try {
		const publish = createPublisher(broker);
		await until(() => publish(newEvent(accountVerified, { user_id: user.id }, newId('req'))));
		await until(async () => expect((await create(2 * GB)).status).toBe(201));
	} finally {
		await background.stop();
		await broker.close();
	}
});
