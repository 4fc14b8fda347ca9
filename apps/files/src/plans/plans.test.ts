import { newEvent, planChanged } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import type { Plan } from '@creatorr/contracts/plans';
import { connectBroker } from '@creatorr/messaging/connection';
import { createPublisher } from '@creatorr/messaging/publisher';
import { silent } from '@creatorr/testing/silent';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { deleteAccount } from '../accounts/delete-account.sql.ts';
import { markReady } from '../lifecycle/refresh-file.sql.ts';
import { findVisibleFile } from '../read/find-files.sql.ts';
import { sweep } from '../sweep/sweep.ts';
import { type FilesService, newUser, startFiles, type TestUser } from '../testing/files-service.ts';
import { declare, put, uploadReady } from '../testing/uploads.ts';
import { applyPlans } from './apply-plans.ts';
import { applyNextBatch, recordPlanChange } from './plans.sql.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
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

const row = (id: string) => service.prisma.file.findUniqueOrThrow({ where: { id } });
/** Records a change without applying it to files. */
const announce = (plan: Plan, version: number) =>
	recordPlanChange(service.deps.prisma, { userId: user.id, plan, version });

async function followAll(): Promise<number> {
	let followed = 0;
	while (true) {
		const batch = await applyNextBatch(service.deps);
		if (batch === null) return followed;
		followed += batch;
	}
}

async function change(plan: Plan, version: number): Promise<boolean> {
	const changed = await announce(plan, version);
	await followAll();
	return changed;
}
const ago = (ms: number) => new Date(Date.now() - ms);

/** Returns a ready file of this age. */
async function fileOf(ageMs: number): Promise<string> {
	const { file_id } = await uploadReady(service, user);
	await setAge(file_id, ageMs);
	return file_id;
}

async function setAge(id: string, ageMs: number): Promise<void> {
	const { createdAt, expiresAt, abandonAt, publishedAt } = await row(id);
	const lifetimeMs = expiresAt.getTime() - createdAt.getTime();
	const at = ago(ageMs);
	await service.prisma.file.update({
		where: { id },
		data: {
			createdAt: at,
			publishedAt: publishedAt && at,
			expiresAt: new Date(Date.now() - ageMs + lifetimeMs),
			abandonAt: new Date(abandonAt.getTime() - ageMs),
			sweepAt: new Date(Date.now() - ageMs + lifetimeMs),
		},
	});
}

/** Returns how long a file is still kept, and expects that it is swept then. */
async function leftMs(id: string): Promise<number> {
	const { expiresAt, sweepAt } = await row(id);
	expect(sweepAt).toEqual(expiresAt);
	return expiresAt.getTime() - Date.now();
}

const NEAR_MS = 10_000;
function expectNear(actualMs: number, expectedMs: number): void {
	expect(Math.abs(actualMs - expectedMs)).toBeLessThan(NEAR_MS);
}

async function createOutput(job_id: string): Promise<string> {
	const body = { job_id, user_id: user.id, name: 'o.pdf', mime_type: 'application/pdf', size_bytes: 5 };
	const { data } = (await service.worker('outputs', body)).body;
	expect(await put(data.upload_url, 'hello', data.headers)).toBe(200);
	return data.file_id;
}

describe('an upgrade', () => {
	test('keeps files for Pro’s retention period from their creation', async () => {
		const [old, young] = [await fileOf(20 * HOUR_MS), await fileOf(HOUR_MS)];
		expect(await change('pro', 1)).toBe(true);
		expect((await row(old)).storageTier).toBe('standard');
		expectNear(await leftMs(old), 30 * DAY_MS - 20 * HOUR_MS);
		expectNear(await leftMs(young), 30 * DAY_MS - HOUR_MS);
		const { data } = (await service.as(user).get(old)).body;
		expect(data.storage_tier).toBe('standard');
		expect(Date.parse(data.expires_at) - Date.parse(data.created_at)).toBe(30 * DAY_MS);
	});

	test('keeps a job’s output for Pro’s retention period from its publication', async () => {
		const job_id = newId('job');
		const output = await createOutput(job_id);
		await service.jobs(`outputs/${output}/publish`, { job_id });
		await service.prisma.file.update({ where: { id: output }, data: { createdAt: ago(5 * HOUR_MS) } });
		await change('pro', 1);
		expectNear(await leftMs(output), 30 * DAY_MS);
	});

	test('does not restore expired and deleted files', async () => {
		const [expired, deleted] = [await fileOf(25 * HOUR_MS), await fileOf(HOUR_MS)];
		await service.as(user).delete(deleted);
		const before = [await row(expired), await row(deleted)];
		await change('pro', 1);
		expect([await row(expired), await row(deleted)]).toEqual(before);
		expect((await service.as(user).get(expired)).status).toBe(404);
	});

	test('does not extend the deadline of a pending upload', async () => {
		const { file_id, upload_url, headers } = await declare(service, user, { size_bytes: 5 });
		const before = await row(file_id);
		await change('pro', 1);
		const after = await row(file_id);
		expect([after.abandonAt, after.sweepAt]).toEqual([before.abandonAt, before.abandonAt]);
		await put(upload_url, 'hello', headers);
		expect((await service.as(user).get(file_id)).body.data.storage_tier).toBe('standard');
		expectNear(await leftMs(file_id), 30 * DAY_MS);
	});

	test('applies to new files and outputs', async () => {
		const job_id = newId('job');
		const output = await createOutput(job_id);
		await change('pro', 1);
		const { file_id } = await uploadReady(service, user);
		await service.jobs(`outputs/${output}/publish`, { job_id });
		for (const id of [file_id, output]) {
			expect((await row(id)).storageTier).toBe('standard');
			expectNear(await leftMs(id), 30 * DAY_MS);
		}
	});
});

describe('a downgrade', () => {
	test('keeps files for a day from now on, and none longer than promised', async () => {
		await change('pro', 1);
		const [young, old] = [await fileOf(DAY_MS), await fileOf(30 * DAY_MS - HOUR_MS)];
		expect(await change('free', 2)).toBe(true);
		expect((await row(young)).storageTier).toBe('ephemeral');
		expectNear(await leftMs(young), DAY_MS);
		expectNear(await leftMs(old), HOUR_MS);
	});

	test('removes the bytes after that time, also of a file that became ready meanwhile', async () => {
		await change('pro', 1);
		const { file_id } = await uploadReady(service, user);
		const pending = await declare(service, user, { size_bytes: 5 });
		await put(pending.upload_url, 'hello', pending.headers);
		const seen = await findVisibleFile(service.deps, { id: pending.file_id, userId: user.id });
		if (!seen) throw new Error('no such file');
		await change('free', 2);
		// Like a process that has read the row before the change.
		await markReady(
			service.deps.prisma,
			seen,
			(await service.storage.headObject(seen.storageKey))?.etag ?? '',
		);
		for (const id of [file_id, pending.file_id]) {
			expectNear(await leftMs(id), DAY_MS);
			await service.prisma.file.update({ where: { id }, data: { expiresAt: ago(1), sweepAt: ago(1) } });
		}
		await sweep(service.deps, running);
		for (const id of [file_id, pending.file_id]) {
			expect(await service.storage.headObject((await row(id)).storageKey)).toBeNull();
		}
	});
});

describe('a change of plan', () => {
	test('that is repeated or late changes nothing', async () => {
		const file = await fileOf(HOUR_MS);
		await change('pro', 5);
		const before = await row(file);
		expect(await change('pro', 5)).toBe(false);
		expect(await change('free', 4)).toBe(false);
		expect(await row(file)).toEqual(before);
	});

	test('to the same plan changes no file', async () => {
		const file = await fileOf(HOUR_MS);
		const before = await row(file);
		expect(await change('free', 1)).toBe(true);
		expect(await row(file)).toEqual({ ...before, planVersion: 1n });
	});

	test('changes no files of other users', async () => {
		const other = newUser();
		const { file_id } = await uploadReady(service, other);
		await change('pro', 1);
		expect((await row(file_id)).storageTier).toBe('ephemeral');
	});

	test('does not restore a deleted account', async () => {
		await fileOf(0);
		await deleteAccount(service.deps.prisma, { eventId: newId('evt'), userId: user.id });
		expect(await change('pro', 1)).toBe(false);
		expect((await service.as(user).create({ name: 'a', mime_type: 'a/b', size_bytes: 1 })).status).toBe(401);
	});

	test('applies to every file that is created at the same time', async () => {
		const made = Array.from({ length: 20 }, () => declare(service, user, { size_bytes: 5 }));
		const changed = change('pro', 1);
		const ids = (await Promise.all(made)).map(({ file_id }) => file_id);
		await changed;
		await followAll();
		const tiers = await Promise.all(ids.map(async (id) => (await row(id)).storageTier));
		expect(new Set(tiers)).toEqual(new Set(['standard']));
	});

	test('arrives as an event, and the last version wins in any order', async () => {
		const replica = await service.startReplica();
		const broker = await connectBroker({
			url: service.amqpUrl,
			name: 'test',
			logger: silent,
		});
		try {
			const publish = createPublisher(broker);
			const file = await fileOf(HOUR_MS);
			const events = Array.from({ length: 50 }, (_, index) => {
				const plan = index === 49 || index % 2 ? 'pro' : 'free';
				return newEvent(planChanged, { user_id: user.id, plan, version: index + 1 }, newId('req'));
			});
			for (const event of events.toReversed()) await waitFor(() => publish(event));
			await waitFor(async () => {
				const account = await service.prisma.account.findUniqueOrThrow({ where: { userId: user.id } });
				expect(account).toMatchObject({ plan: 'pro', planVersion: 50n });
			});
			await waitFor(async () => expectNear(await leftMs(file), 30 * DAY_MS - HOUR_MS));
		} finally {
			await replica.stop();
			await broker.close();
		}
	});
});

describe('a recorded change that is not applied yet', () => {
	const shown = async (id: string) => (await service.as(user).get(id)).body.data;
	const listed = async (query = '?limit=100') => (await service.as(user).list(query)).body.data;

	test('is applied to a file that is read, and to no other', async () => {
		const [asked, other] = [await fileOf(HOUR_MS), await fileOf(HOUR_MS)];
		await announce('pro', 1);
		expect((await row(asked)).storageTier).toBe('ephemeral');
		const file = await shown(asked);
		expect(file.storage_tier).toBe('standard');
		expectNear(Date.parse(file.expires_at) - Date.now(), 30 * DAY_MS - HOUR_MS);
		expect((await row(other)).storageTier).toBe('ephemeral');
	});

	test('is applied to every page of a list', async () => {
		for (let made = 0; made < 5; made += 1) await fileOf(HOUR_MS);
		await announce('pro', 1);
		const first = (await service.as(user).list('?limit=2')).body;
		const rest = await listed(`?limit=100&cursor=${first.next_cursor}`);
		const files = [...first.data, ...rest];
		expect(files).toHaveLength(5);
		expect(new Set(files.map((file) => file.storage_tier))).toEqual(new Set(['standard']));
	});

	test('keeps a file that would have expired', async () => {
		const ids = [await fileOf(HOUR_MS), await fileOf(HOUR_MS), await fileOf(HOUR_MS)];
		const [asked = '', swept = '', last = ''] = ids;
		await announce('pro', 1);
		await service.prisma.planChange.updateMany({ data: { changedAt: ago(HOUR_MS) } });
		const past = { expiresAt: ago(60_000), sweepAt: ago(60_000) };
		await service.prisma.file.updateMany({ where: { id: { in: ids } }, data: past });
		await sweep(service.deps, running);
		expect((await row(swept)).deletedAt).toBeNull();
		expect((await shown(asked)).storage_tier).toBe('standard');
		expect((await listed()).map((file: { id: string }) => file.id)).toEqual(ids.toReversed());
		expect((await service.jobs(`inputs/${last}/check`, { user_id: user.id })).status).toBe(200);
	});

	test('lists a file that would have expired and was not read before', async () => {
		const file = await fileOf(HOUR_MS);
		await announce('pro', 1);
		await service.prisma.planChange.updateMany({ data: { changedAt: ago(HOUR_MS) } });
		await service.prisma.file.update({ where: { id: file }, data: { expiresAt: ago(60_000) } });
		expect(await listed()).toMatchObject([{ id: file, storage_tier: 'standard' }]);
	});

	test('lets a user delete a file that it keeps', async () => {
		const file = await fileOf(HOUR_MS);
		await announce('pro', 1);
		await service.prisma.planChange.updateMany({ data: { changedAt: ago(HOUR_MS) } });
		await service.prisma.file.update({ where: { id: file }, data: { expiresAt: ago(60_000) } });
		expect((await service.as(user).delete(file)).status).toBe(204);
	});

	test('is applied after the one before it', async () => {
		// Changes of earlier tests are applied first.
		await followAll();
		const [alone, both, later] = [await fileOf(HOUR_MS), await fileOf(HOUR_MS), await fileOf(HOUR_MS)];
		await announce('pro', 1);
		await shown(alone);
		await announce('free', 2);
		await shown(alone);
		await shown(both);
		// A batch applies the first change, which must not change files that have the second.
		await applyNextBatch(service.deps);
		for (const id of [alone, both]) {
			expect(await row(id)).toMatchObject({ storageTier: 'ephemeral', planVersion: 2n });
		}
		expect(await row(later)).toMatchObject({ storageTier: 'standard', planVersion: 1n });
		await followAll();
		// They were promised a month for a moment, so a day remains, counted from the end of that.
		for (const id of [alone, both, later]) {
			expectNear(await leftMs(id), DAY_MS);
			expect(await row(id)).toMatchObject({ storageTier: 'ephemeral', planVersion: 2n });
		}
		expect(await service.prisma.planChange.count({ where: { userId: user.id } })).toBe(0);
	});

	test('is not recorded again when it is repeated or late', async () => {
		const file = await fileOf(HOUR_MS);
		await announce('pro', 2);
		const before = await service.prisma.planChange.findMany();
		expect(await announce('pro', 2)).toBe(false);
		expect(await announce('free', 1)).toBe(false);
		expect(await service.prisma.planChange.findMany()).toEqual(before);
		expect((await shown(file)).storage_tier).toBe('standard');
		await followAll();
	});

	test('is deleted with the account', async () => {
		await fileOf(HOUR_MS);
		await announce('pro', 1);
		await deleteAccount(service.deps.prisma, { eventId: newId('evt'), userId: user.id });
		expect(await service.prisma.planChange.count({ where: { userId: user.id } })).toBe(0);
	});
});

describe('a change of plan with many files:', () => {
	const FILES = 100_000;
	/** A page, the next file, which shows that there are more, and the oldest file. */
	const LOOKED_AT = 102;
	const user = newUser();

	/** Another service, because tests apply the changes of all its users. */
	let service: FilesService;

	beforeAll(async () => {
		service = await startFiles({ PLANS: JSON.stringify({ pro: { maxFiles: 2 * FILES } }) });
		await service.prisma.$executeRaw`
			INSERT INTO files (id, user_id, name, mime_type, size_bytes, storage_tier, storage_key, status, etag, published_at,
				created_at, expires_at, abandon_at, upload_url_expires_at, sweep_at)
			SELECT id, ${user.id}, 'a.pdf', 'application/pdf', 10, 'ephemeral', 'files/' || id, 'ready', '"a"', now(), now(),
				now() + interval '1 day', now() + interval '1 day', now() + interval '1 hour', now() + interval '1 day'
			FROM generate_series(1, ${FILES}::int) AS made,
				LATERAL (SELECT 'fil_01JZZZZZZZ' || lpad(upper(to_hex(made)), 16, '0') AS id) AS named`;
		await service.prisma.$executeRaw`ANALYZE files`;
	}, 120_000);
	afterAll(() => service.stop());

	const followed = (version: number) =>
		service.prisma.file.count({ where: { userId: user.id, planVersion: version } });
	const announce = (plan: 'free' | 'pro', version: number) =>
		recordPlanChange(service.deps.prisma, { userId: user.id, plan, version });

	test('a change of plan is applied to a page and the oldest file when they are read, and to no other', async () => {
		await announce('pro', 1);
		expect(await followed(1)).toBe(0);
		const { data } = (await service.as(user).list('?limit=100')).body;
		expect(data).toHaveLength(100);
		for (const file of data) {
			expect(file.storage_tier).toBe('standard');
			expect(Date.parse(file.expires_at) - Date.parse(file.created_at)).toBe(30 * DAY_MS);
		}
		const oldest = { id: `fil_01JZZZZZZZ${'1'.padStart(16, '0')}`, userId: user.id };
		expect(await findVisibleFile(service.deps, oldest)).toMatchObject({ storageTier: 'standard' });
		expect(await followed(1)).toBe(LOOKED_AT);
	});

	test('several processes share the batches that a process left when it died', async () => {
		for (let batch = 0; batch < 3; batch += 1) {
			expect(await applyNextBatch(service.deps)).toBe(1_000);
		}
		const logged: unknown[] = [];
		const logger = {
			...silent,
			info: (_: string, fields?: unknown) => void logged.push(fields),
		};
		await Promise.all([1, 2, 3].map(() => applyPlans.run({ ...service.deps, logger }, running)));
		expect(await followed(1)).toBe(FILES);
		const counts = logged.map((fields) => (fields as { files: number }).files);
		expect(counts.reduce((sum, count) => sum + count, 3_000 + LOOKED_AT)).toBe(FILES);
		const tiers = await service.prisma.file.groupBy({ by: ['storageTier'], _count: true });
		expect(tiers).toEqual([{ storageTier: 'standard', _count: FILES }]);
	}, 120_000);

	test('a late and a repeated change do nothing, also while another is applied', async () => {
		await announce('free', 3);
		await applyNextBatch(service.deps);
		expect(await announce('pro', 2)).toBe(false);
		expect(await announce('free', 3)).toBe(false);
		const plans = { userId: user.id };
		expect(await service.prisma.planChange.findMany({ where: plans })).toMatchObject([{ version: 3n }]);
		expect(await applyNextBatch(service.deps)).toBe(1_000);
		expect(await followed(3)).toBe(2_000);
	});

	test('a file that is created meanwhile has the new plan, and no change is applied to it', async () => {
		await announce('pro', 4);
		await applyNextBatch(service.deps);
		const body = { name: 'a', mime_type: 'a/b', size_bytes: 1 };
		const { file_id } = (await service.as(user).create(body)).body.data;
		const before = await service.prisma.file.findUniqueOrThrow({ where: { id: file_id } });
		expect(before).toMatchObject({ storageTier: 'standard', planVersion: 4n });
		await applyNextBatch(service.deps);
		expect(await service.prisma.file.findUniqueOrThrow({ where: { id: file_id } })).toEqual(before);
	});
});
