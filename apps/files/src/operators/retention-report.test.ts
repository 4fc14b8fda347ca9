import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import request from 'supertest';
import { claimDue } from '../sweep/sweep.sql.ts';
import { sweepFiles } from '../sweep/sweep.ts';
import { type FilesService, newUser, startFiles } from '../testing/files-service.ts';
import { uploadReady } from '../testing/uploads.ts';

const user = newUser();

let service: FilesService;

beforeAll(async () => {
	service = await startFiles();
});
afterAll(() => service.stop());

async function report() {
	const response = await request(service.url).get('/health/retention');
	expect(response.status).toBe(200);
	return response.body.data;
}

test('the report is empty before the first run of a task', async () => {
	expect(await report()).toEqual({
		files_due: 0,
		files_due_are_counted_up_to: 10_000,
		oldest_due_at: null,
		oldest_undeleted_at: null,
		plan_changes_under_way: 0,
		account_deletions_under_way: 0,
		chores: {},
	});
});

test('the report shows what is due, the last runs and the totals', async () => {
	const ids = [];
	for (let made = 0; made < 3; made += 1) ids.push((await uploadReady(service, user)).file_id);
	await service.as(user).delete(ids[0] ?? '');
	const { deletedAt } = await service.prisma.file.findUniqueOrThrow({ where: { id: ids[0] ?? '' } });
	await service.as(user).delete(ids[1] ?? '');
	expect(await report()).toMatchObject({ files_due: 2, oldest_undeleted_at: deletedAt?.toISOString() });
	const replica = await service.startReplica({ SWEEP_INTERVAL_SECONDS: '0.02' });
	await waitFor(async () => {
		const { chores, ...backlog } = await report();
		expect(backlog).toMatchObject({ files_due: 0, oldest_due_at: null, oldest_undeleted_at: null });
		expect(chores.sweep.totals).toEqual({ removed: 2, kept: 0, failed: 0 });
		for (const name of ['purge', 'reconciliation', 'stale-uploads']) {
			expect(chores[name]).toMatchObject({ running: null, failure: null });
			expect(Date.parse(chores[name].last_run.ended_at)).toBeLessThanOrEqual(Date.now() + 1_000);
		}
		expect(chores.reconciliation.last_run.counts).toMatchObject({ orphans: 0, lost: 0 });
	});
	await service.as(user).delete(ids[2] ?? '');
	await waitFor(async () => expect((await report()).chores.sweep.totals).toMatchObject({ removed: 3 }));
	await replica.stop();
});

test('the report shows the oldest file whose bytes were never removed, also while a process has claimed it', async () => {
	const { file_id } = await uploadReady(service, user);
	await service.as(user).delete(file_id);
	const { deletedAt } = await service.prisma.file.findUniqueOrThrow({ where: { id: file_id } });
	// Like a process that claims the file and dies.
	await claimDue(service.deps, { limit: 10, leaseMs: 600_000 });
	expect(await report()).toMatchObject({
		files_due: 0,
		oldest_undeleted_at: deletedAt?.toISOString(),
	});
});

test('the report shows why the last sweep failed, until one succeeds', async () => {
	const other = await startFiles();
	const { file_id } = await uploadReady(service, user);
	await service.as(user).delete(file_id);
	const sweepIn = ({ deps: { store } }: FilesService) =>
		sweepFiles.run({ ...service.deps, store }, new AbortController().signal);
	await expect(sweepIn(other)).rejects.toThrow('has lost its mark');
	const { failure } = (await report()).chores.sweep;
	expect(failure).toEqual({
		at: expect.any(String),
		message: expect.stringContaining('has lost its mark'),
	});
	await sweepIn(service);
	expect((await report()).chores.sweep.failure).toBeNull();
	await other.stop();
});
