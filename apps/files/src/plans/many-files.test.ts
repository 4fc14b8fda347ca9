import { silent } from '@creatorr/testing/silent';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findVisibleFile } from '../read/find-files.sql.ts';
import { type FilesService, newUser, startFiles } from '../testing/files-service.ts';
import { applyPlans } from './apply-plans.ts';
import { applyNextBatch, recordPlanChange } from './plans.sql.ts';

const FILES = 100_000;
const DAY_MS = 24 * 3_600_000;
/** A page, the next file, which shows that there are more, and the oldest file. */
const LOOKED_AT = 102;
const user = newUser();
const running = new AbortController().signal;

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
