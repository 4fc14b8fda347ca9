import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createBackgroundJobs } from '../scheduling/background-jobs.ts';
import { createFullPrioritySemaphore } from '../scheduling/full-priority-semaphore.ts';
import { createAttempts } from './attempts.ts';
import { drain, drainMs } from './drain.ts';
import { createCapacity } from './heartbeats.ts';

function startParts() {
	const attempts = createAttempts();
	const backgroundJobs = createBackgroundJobs({ slots: 3, slotsPerTool: 2, onError: () => undefined });
	const capacity = createCapacity({
		tools: ['ocr', 'images_to_pdf'],
		slotsPerTool: 2,
		backgroundSlots: 3,
		attempts,
		backgroundJobs,
	});
	const fullPrioritySemaphore = createFullPrioritySemaphore({
		permits: 1,
		longMs: 60_000,
		timeSliceMs: 60_000,
	});
	const start = (jobId: string, background = false) => {
		attempts.reserve(jobId);
		const signal = attempts.start(jobId, { attempt: 1, tool: 'ocr' });
		attempts.addEstimate(jobId, { background });
		return signal;
	};
	return { attempts, backgroundJobs, capacity, fullPrioritySemaphore, start };
}

test('a draining worker reports slots for the jobs that it has, and no free ones', async () => {
	const { start, capacity, ...parts } = startParts();
	for (const jobId of ['job_1', 'job_2', 'job_3']) start(jobId, jobId === 'job_3');
	const reported = () => ({ ...capacity.slots(), background: capacity.backgroundSlots() });
	expect(reported()).toEqual({ ocr: 2, images_to_pdf: 2, background: 3 });
	await drain({ graceSeconds: 3_600, capacity, consumers: [], ...parts });
	expect(reported()).toEqual({ ocr: 3, images_to_pdf: 0, background: 1 });
});

test('a draining worker lets jobs end within the grace period, and returns waiting messages at once', async () => {
	const { start, fullPrioritySemaphore, ...parts } = startParts();
	const signal = start('job_1');
	await fullPrioritySemaphore.acquire('usr_1');
	const waiting = fullPrioritySemaphore.acquire('usr_1');
	const { promise: handled, resolve: end } = Promise.withResolvers<void>();
	const drained = drain({
		graceSeconds: 3_600,
		fullPrioritySemaphore,
		consumers: [{ stop: () => handled }],
		...parts,
	});
	await expect(waiting).rejects.toMatchObject({ code: 'upstream_unavailable' });
	await sleep(10);
	expect(signal.aborted).toBe(false);
	end();
	await drained;
});

test('after the grace period a job whose tool runs is returned, and a finished output may still be stored', async () => {
	const { attempts, start, ...parts } = startParts();
	const [running, ended] = [start('job_1'), start('job_2')];
	attempts.advance('job_2', 'storing');
	const returned = new Promise<void>((resolve) => running.addEventListener('abort', () => resolve()));
	await drain({ graceSeconds: 0, attempts, consumers: [{ stop: () => returned }], ...parts });
	expect(running.reason).toMatchObject({ reason: 'shutdown' });
	expect(ended.aborted).toBe(false);
});

test('drainMs includes the grace period and the time to store and return', () => {
	expect(drainMs(3_600)).toBeGreaterThanOrEqual(3_605_000);
});
