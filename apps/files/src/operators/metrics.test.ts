import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import request from 'supertest';
import { LEASE } from '../leases.sql.ts';
import { type FilesService, newUser, startFiles } from '../testing/files-service.ts';
import { uploadReady } from '../testing/uploads.ts';

const user = newUser();
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

test('an upload is counted once, however often it is read', async () => {
	const { file_id } = await uploadReady(service, user);
	const { sizeBytes } = await service.prisma.file.findUniqueOrThrow({ where: { id: file_id } });
	await service.as(user).get(file_id);
	const text = await metrics();
	expect(seriesValue(text, 'creatorr_uploads_total{kind="upload"}')).toBe(1);
	expect(seriesValue(text, 'creatorr_upload_bytes_total{kind="upload"}')).toBe(Number(sizeBytes));
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
	expect(seriesValue(await metrics(), 'creatorr_files_due')).toBe(1);
	const replica = await service.startReplica({ SWEEP_INTERVAL_SECONDS: '0.02' });
	await waitFor(async () => {
		const text = await metrics();
		expect(seriesValue(text, 'creatorr_files_due')).toBe(0);
		expect(seriesValue(text, 'creatorr_task_items_total{task="sweep",kind="removed"}')).toBe(1);
		expect(seriesValue(text, 'creatorr_task_runs_total{task="purge",outcome="done"}')).toBe(1);
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
