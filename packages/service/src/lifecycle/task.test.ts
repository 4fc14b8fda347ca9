import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { contextRequestId } from '../logging/context.ts';
import { type RunningTask, startTask, type Task } from './task.ts';

const HOUR_MS = 3_600_000;
const silent: Parameters<typeof startTask>[1]['logger'] = { warn: () => undefined };

async function waitUntil(condition: () => boolean): Promise<void> {
	while (!condition()) await sleep(1);
}

function start(task: Pick<Task<undefined>, 'run'> & Partial<Task<undefined>>, logger = silent): RunningTask {
	return startTask({ name: 'work', everyMs: 1, ...task }, { deps: undefined, logger });
}

describe('a task', () => {
	test('runs again after a failure, which is logged', async () => {
		const failures: string[] = [];
		const logger = { warn: (event: string) => void failures.push(event) };
		let runs = 0;
		const task = startTask(
			{
				name: 'work',
				everyMs: 1,
				async run() {
					runs += 1;
					if (runs === 1) throw new Error('broken');
				},
			},
			{ deps: undefined, logger },
		);
		await waitUntil(() => runs >= 3);
		await task.stop();
		expect(failures).toEqual(['work.failed']);
	});

	test('runs again after a run that throws before it returns a promise', async () => {
		let runs = 0;
		const task = start({
			run() {
				runs += 1;
				throw new Error('broken');
			},
		});
		await waitUntil(() => runs >= 2);
		await task.stop();
	});

	test('is retried long before its interval ends, and not at once when it is woken', async () => {
		let runs = 0;
		const task = start({
			everyMs: HOUR_MS,
			async run() {
				runs += 1;
				if (runs < 3) throw new Error('away');
			},
		});
		await waitUntil(() => runs === 1);
		for (let wake = 0; wake < 10; wake += 1) task.wake();
		await sleep(5);
		expect(runs).toBe(1);
		await waitUntil(() => runs === 3);
		await task.stop();
	});

	test('ends with its first successful run when it runs once', async () => {
		let runs = 0;
		const task = start({
			everyMs: 'once',
			async run() {
				runs += 1;
				if (runs < 3) throw new Error('away');
			},
		});
		await waitUntil(() => runs === 3);
		task.wake();
		await sleep(20);
		await task.stop();
		expect(runs).toBe(3);
	});

	test('never runs concurrently, however often it is woken', async () => {
		let [running, most, runs] = [0, 0, 0];
		const task = start({
			async run() {
				running += 1;
				most = Math.max(most, running);
				await sleep(2);
				running -= 1;
				runs += 1;
			},
		});
		while (runs < 5) {
			task.wake();
			await sleep(1);
		}
		await task.stop();
		expect(most).toBe(1);
	});

	test('runs soon when it is woken during a delay', async () => {
		let runs = 0;
		const task = start({
			everyMs: HOUR_MS,
			async run() {
				runs += 1;
			},
		});
		await waitUntil(() => runs === 1);
		await sleep(5);
		task.wake();
		await waitUntil(() => runs === 2);
		await task.stop();
	});

	test('runs once more when it is woken during a run', async () => {
		const first = Promise.withResolvers<void>();
		let runs = 0;
		const task = start({
			everyMs: HOUR_MS,
			async run() {
				runs += 1;
				if (runs === 1) await first.promise;
			},
		});
		task.wake();
		task.wake();
		first.resolve();
		await waitUntil(() => runs === 2);
		await sleep(20);
		expect(runs).toBe(2);
		await task.stop();
	});

	test('may change its interval with each run', async () => {
		let runs = 0;
		const task = start({
			everyMs: () => (runs < 3 ? 1 : HOUR_MS),
			async run() {
				runs += 1;
			},
		});
		await waitUntil(() => runs === 3);
		await sleep(20);
		expect(runs).toBe(3);
		await task.stop();
	});

	test('has a new request id for each run', async () => {
		const ids: (string | undefined)[] = [];
		const task = start({ run: async () => void ids.push(contextRequestId()) });
		await waitUntil(() => ids.length >= 2);
		await task.stop();
		expect(ids[0]).toMatch(/^req_/);
		expect(ids[1]).not.toBe(ids[0]);
	});

	test('stops after the current run, which gets the signal, and starts no other', async () => {
		const begun = Promise.withResolvers<void>();
		let [finished, signaled, runs] = [false, false, 0];
		const task = start({
			everyMs: HOUR_MS,
			async run(_deps, stopping) {
				runs += 1;
				begun.resolve();
				await sleep(30);
				signaled = stopping.aborted;
				finished = true;
			},
		});
		await begun.promise;
		await task.stop();
		expect([finished, signaled, runs]).toEqual([true, true, 1]);
	});

	test('continues after an interval that can’t be computed, which is logged', async () => {
		const failures: string[] = [];
		const logger = { warn: (event: string) => void failures.push(event) };
		let runs = 0;
		const task = start(
			{
				everyMs: () => {
					throw new Error('no interval');
				},
				async run() {
					runs += 1;
				},
			},
			logger,
		);
		await waitUntil(() => failures.length === 1);
		task.wake();
		await waitUntil(() => runs === 2);
		await task.stop();
		expect(failures[0]).toBe('work.failed');
	});
});

describe('a task that runs at its stop', () => {
	/** Starts a task that records the signals of its runs, and waits in the last of them. */
	function startWithLastRun(lastRun: (signal: AbortSignal) => Promise<unknown>) {
		const signals: AbortSignal[] = [];
		const task = start({
			everyMs: HOUR_MS,
			runsAtStop: true,
			async run(_deps, stopping) {
				signals.push(stopping);
				if (signals.length > 1) await lastRun(stopping);
			},
		});
		return { task, signals };
	}

	test('runs a last time with time left, and once however often it is stopped', async () => {
		const { task, signals } = startWithLastRun(async (signal) => expect(signal.aborted).toBe(false));
		await Promise.all([task.stop(), task.stop()]);
		expect(signals).toHaveLength(2);
	});

	test('stops without a last run after abort', async () => {
		const { task, signals } = startWithLastRun(async () => undefined);
		task.abort();
		await task.stop();
		expect(signals).toHaveLength(1);
	});

	test('does not wait for a last run after abort', async () => {
		const begun = Promise.withResolvers<void>();
		const { task, signals } = startWithLastRun(() => {
			begun.resolve();
			return new Promise(() => undefined);
		});
		const stopped = task.stop();
		await begun.promise;
		task.abort();
		await stopped;
		expect(signals.at(-1)?.aborted).toBe(true);
	});
});
