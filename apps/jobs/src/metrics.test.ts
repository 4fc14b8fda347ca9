import { newId } from '@creatorr/contracts/ids';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { failed, succeeded } from './testing/bus.ts';
import type { User } from './testing/user.ts';
import type { Worker } from './testing/worker.ts';
import { startWorld, type World } from './testing/world.ts';

let world: World;
let user: User;
let worker: Worker;

beforeAll(async () => {
	world = await startWorld();
	user = world.user();
	worker = world.worker('one');
	await worker.heartbeat({ ocr: 3 });
	await world.worker('two').heartbeat({ ocr: 2, office_to_pdf: 0 });
}, 60_000);
afterAll(() => world?.stop());

/** Returns the value of the series with this name and these labels, 0 if it doesn't exist yet. */
async function value(series: string): Promise<number> {
	const text = await (await fetch(`${world.url}/metrics`)).text();
	const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
	return line === undefined ? 0 : Number(line.slice(series.length + 1));
}

test('counts an ended job once, by tool, outcome and error code', async () => {
	const success = 'creatorr_jobs_ended_total{tool="ocr",outcome="succeeded",error_code=""}';
	const failure = 'creatorr_jobs_ended_total{tool="ocr",outcome="failed",error_code="corrupt_input"}';
	const canceled = 'creatorr_jobs_ended_total{tool="ocr",outcome="canceled",error_code=""}';
	const [good, bad, stopped] = [
		await user.enqueue('ocr'),
		await user.enqueue('ocr'),
		await user.enqueue('ocr'),
	];
	const attempt = await worker.take(good);
	await world.bus.finish(good, attempt, succeeded(newId('fil')));
	await world.bus.finish(good, attempt, succeeded(newId('fil')));
	await world.bus.finish(bad, await worker.take(bad), failed);
	await user.cancel(stopped);
	await user.cancel(stopped);
	await waitFor(async () => {
		expect(await value(success)).toBe(1);
		expect(await value(failure)).toBe(1);
		expect(await value(canceled)).toBe(1);
	});
	expect(await value('creatorr_job_wait_seconds_count{tool="ocr"}')).toBe(2);
	expect(await value('creatorr_job_run_seconds_count{tool="ocr",outcome="succeeded"}')).toBe(1);
});

test('counts an attempt without its output as lost', async () => {
	const output = newId('fil');
	world.files.outputErrors.set(output, 'not_found');
	const id = await user.enqueue('office_to_pdf');
	await world.bus.finish(id, await worker.take(id), succeeded(output));
	await waitFor(async () =>
		expect(await value('creatorr_job_attempts_lost_total{tool="office_to_pdf"}')).toBe(1),
	);
});

test('shows how many workers have a tool, 0 if none has', async () => {
	expect(await value('creatorr_workers{tool="ocr"}')).toBe(2);
	expect(await value('creatorr_worker_slots{tool="ocr"}')).toBe(5);
	expect(await value('creatorr_workers{tool="office_to_pdf"}')).toBe(0);
});

test('shows how many messages wait at the broker and in the outbox', async () => {
	expect(await (await fetch(`${world.url}/metrics`)).text()).toContain(
		'creatorr_queue_messages{queue="dead-letters"} 0',
	);
	expect(await (await fetch(`${world.url}/metrics`)).text()).toContain('creatorr_outbox_events 0');
});

test('reports the workers and the last failures at /health/jobs', async () => {
	const id = await user.enqueue('office_to_pdf');
	await world.bus.finish(id, await worker.take(id), failed);
	await waitFor(async () => {
		const { data } = (await (await fetch(`${world.url}/health/jobs`)).json()) as {
			data: { workers: { id: string; slots: object }[]; recent_failures: { job_id: string }[] };
		};
		expect(data.workers.map((one) => one.id)).toEqual(['one', 'two']);
		expect(data.recent_failures[0]).toMatchObject({
			job_id: id,
			tool: 'office_to_pdf',
			error_code: 'corrupt_input',
		});
	});
});
