import { renderMetrics } from '@creatorr/service/metrics';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { LEASE } from '../leases.sql.ts';
import { claimDue } from '../sweep/sweep.sql.ts';
import { sweepFiles } from '../sweep/sweep.ts';
import { type FilesService, newUser, startFiles } from '../testing/files-service.ts';
import { uploadReady } from '../testing/uploads.ts';

const user = newUser();

describe('metrics:', () => {
	let service: FilesService;

	beforeAll(async () => {
		service = await startFiles();
	});
	afterAll(() => service.stop());

	const metrics = async () => (await request(service.url).get('/metrics').expect(200)).text;
	const seriesValue = (text: string, series: string) =>
		Number(
			text
				.split('\n')
				.find((line) => line.startsWith(`${series} `))
				?.slice(series.length + 1),
		);
	/** Counters have no series before their first event. */
	const counterValue = (text: string, series: string) => seriesValue(text, series) || 0;

	test('an upload is counted once, however often it is read', async () => {
		// Not by a scrape: stored files are counted at the first one, and then every 5 minutes.
		const { text: before } = await renderMetrics();
		const { file_id } = await uploadReady(service, user);
		const { sizeBytes } = await service.prisma.file.findUniqueOrThrow({ where: { id: file_id } });
		await service.as(user).get(file_id);
		const text = await metrics();
		const increase = (series: string) => counterValue(text, series) - counterValue(before, series);
		expect(increase('creatorr_uploads_total{kind="upload"}')).toBe(1);
		expect(increase('creatorr_upload_bytes_total{kind="upload"}')).toBe(Number(sizeBytes));
		expect(seriesValue(text, 'creatorr_stored_files')).toBe(1);
		expect(seriesValue(text, 'creatorr_stored_bytes')).toBe(Number(sizeBytes));
	});

	test('a run whose lease another process has taken is not counted as done', async () => {
		const leases = LEASE.store(service.deps);
		const lost = await leases.acquire('frozen', -1);
		await leases.acquire('frozen', 60_000);
		if (!lost) throw new Error('the lease was not acquired');
		await leases.finish(lost, { nextInMs: 0 });
		const text = await metrics();
		const runsThat = (outcome: string) =>
			seriesValue(text, `creatorr_task_runs_total{task="frozen",outcome="${outcome}"}`);
		expect([runsThat('broken off'), runsThat('done')]).toEqual([1, Number.NaN]);
	});

	test('the backlog is shown, and when each task last ended', async () => {
		const { file_id } = await uploadReady(service, user);
		await service.as(user).delete(file_id);
		const before = await metrics();
		expect(seriesValue(before, 'creatorr_files_due')).toBe(1);
		const replica = await service.startReplica({ SWEEP_INTERVAL_SECONDS: '0.02' });
		await waitFor(async () => {
			const text = await metrics();
			const increase = (series: string) => counterValue(text, series) - counterValue(before, series);
			expect(seriesValue(text, 'creatorr_files_due')).toBe(0);
			expect(increase('creatorr_task_items_total{task="sweep",kind="removed"}')).toBe(1);
			expect(increase('creatorr_task_runs_total{task="purge",outcome="done"}')).toBe(1);
			for (const task of ['sweep', 'purge', 'stale-uploads', 'reconciliation']) {
				const series = `creatorr_task_last_success_age_seconds{task="${task}"}`;
				expect(seriesValue(text, series)).toBeGreaterThanOrEqual(0);
			}
		});
		await replica.stop();
	});

	test('a file whose bytes can’t be removed is overdue since its deletion', async () => {
		const { file_id: id } = await uploadReady(service, user);
		const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000);
		const data = { deletedAt: inSeconds(-7_200), sweepAt: inSeconds(600) };
		await service.prisma.file.update({ where: { id }, data });
		const seconds = seriesValue(await metrics(), 'creatorr_files_oldest_due_age_seconds');
		expect(seconds).toBeGreaterThanOrEqual(7_200);
	});
});

describe('the retention report:', () => {
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
});
