import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createAttempts } from './attempts.ts';
import { createBackgroundJobs } from './background-jobs.ts';
import { createCapacity, drain, stopWithinMs } from './drain.ts';
import { createPriorityQueue } from './priority-queue.ts';

function startParts() {
	const attempts = createAttempts();
	const backgroundJobs = createBackgroundJobs({ most: 3, slotsPerTool: 2, onError: () => undefined });
	const capacity = createCapacity({
		...{ tools: ['ocr', 'images_to_pdf'], slotsPerTool: 2, backgroundSlots: 3 },
		...{ attempts, backgroundJobs },
	});
	const priorityQueue = createPriorityQueue({ permits: 1, longMs: 60_000 });
	const start = (jobId: string, background = false) => {
		attempts.reserve(jobId);
		const signal = attempts.begin(jobId, { attempt: 1, tool: 'ocr' });
		attempts.expect(jobId, { background });
		return signal;
	};
	return { attempts, backgroundJobs, capacity, priorityQueue, start };
}

test('a worker that drains offers slots for the jobs that it has, and for no others', async () => {
	const { start, capacity, ...parts } = startParts();
	for (const jobId of ['job_1', 'job_2', 'job_3']) start(jobId, jobId === 'job_3');
	const offer = () => ({ ...capacity.slots(), background: capacity.backgroundSlots() });
	expect(offer()).toEqual({ ocr: 2, images_to_pdf: 2, background: 3 });
	await drain({ graceSeconds: 3_600, capacity, consumers: [], ...parts });
	expect(offer()).toEqual({ ocr: 3, images_to_pdf: 0, background: 1 });
});

test('a worker that drains lets jobs end within the grace, and sends messages that wait back at once', async () => {
	const { start, priorityQueue, ...parts } = startParts();
	const signal = start('job_1');
	await priorityQueue.enter();
	const waiting = priorityQueue.enter();
	const { promise: handled, resolve: end } = Promise.withResolvers<void>();
	const drained = drain({
		graceSeconds: 3_600,
		priorityQueue,
		consumers: [{ stop: () => handled }],
		...parts,
	});
	await expect(waiting).rejects.toMatchObject({ code: 'upstream_unavailable' });
	await sleep(10);
	expect(signal.aborted).toBe(false);
	end();
	await drained;
});

test('after the grace a job whose tool runs is returned, and one whose tool has ended may still store its output', async () => {
	const { attempts, start, ...parts } = startParts();
	const [running, ended] = [start('job_1'), start('job_2')];
	attempts.setToolState('job_2', 'ended');
	const returned = new Promise<void>((resolve) => running.addEventListener('abort', () => resolve()));
	await drain({ graceSeconds: 0, attempts, consumers: [{ stop: () => returned }], ...parts });
	expect(running.reason).toMatchObject({ reason: 'shutdown' });
	expect(ended.aborted).toBe(false);
});

test('the process gives up only after the grace and the time to store, return and clear up', () => {
	expect(stopWithinMs(3_600)).toBeGreaterThanOrEqual(3_605_000);
});
