import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { contextRequestId } from './context.ts';
import { repeat } from './repeat.ts';

const HOUR_MS = 3_600_000;
const silent = { warn: () => undefined };

async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await sleep(1);
}

test('runs now, and again after a failure, which it logs', async () => {
	const failures: string[] = [];
	const logger = { warn: (event: string) => void failures.push(event) };
	let runs = 0;
	const run = async () => {
		runs += 1;
		if (runs === 1) throw new Error('broken');
	};
	const repeater = repeat({ name: 'work', intervalMs: 1, run, logger });
	await until(() => runs >= 3);
	await repeater.stop();
	expect(failures).toEqual(['work.failed']);
});

test('goes on after a run that throws before it returns a promise', async () => {
	let runs = 0;
	const run = () => {
		runs += 1;
		throw new Error('broken');
	};
	const repeater = repeat({ name: 'work', intervalMs: 1, run, logger: silent });
	await until(() => runs >= 2);
	await repeater.stop();
});

test('never runs twice at once, however often it is woken', async () => {
	let [running, most, runs] = [0, 0, 0];
	const run = async () => {
		running += 1;
		most = Math.max(most, running);
		await sleep(2);
		running -= 1;
		runs += 1;
	};
	const repeater = repeat({ name: 'work', intervalMs: 1, run, logger: silent });
	while (runs < 5) {
		repeater.wake();
		await sleep(1);
	}
	await repeater.stop();
	expect(most).toBe(1);
});

test('a wake ends the pause', async () => {
	let runs = 0;
	const run = async () => {
		runs += 1;
	};
	const repeater = repeat({ name: 'work', intervalMs: HOUR_MS, run, logger: silent });
	await until(() => runs === 1);
	await sleep(5);
	repeater.wake();
	await until(() => runs === 2);
	await repeater.stop();
});

test('a wake during a run makes it run once more', async () => {
	const first = Promise.withResolvers<void>();
	let runs = 0;
	const run = async () => {
		runs += 1;
		if (runs === 1) await first.promise;
	};
	const repeater = repeat({ name: 'work', intervalMs: HOUR_MS, run, logger: silent });
	repeater.wake();
	repeater.wake();
	first.resolve();
	await until(() => runs === 2);
	await sleep(20);
	expect(runs).toBe(2);
	await repeater.stop();
});

test('asks after each run how long the interval is where that varies', async () => {
	let runs = 0;
	const run = async () => {
		runs += 1;
	};
	const intervalMs = () => (runs < 3 ? 1 : HOUR_MS);
	const repeater = repeat({ name: 'work', intervalMs, run, logger: silent });
	await until(() => runs === 3);
	await sleep(20);
	expect(runs).toBe(3);
	await repeater.stop();
});

test('each run has a request id of its own', async () => {
	const ids: (string | undefined)[] = [];
	const run = async () => void ids.push(contextRequestId());
	const repeater = repeat({ name: 'work', intervalMs: 1, run, logger: silent });
	await until(() => ids.length >= 2);
	await repeater.stop();
	expect(ids[0]).toMatch(/^req_/);
	expect(ids[1]).not.toBe(ids[0]);
});

test('stopping interrupts the pause, waits for the run that is going on, and tells it', async () => {
	const begun = Promise.withResolvers<void>();
	let [finished, told, runs] = [false, false, 0];
	const run = async (stopping: AbortSignal) => {
		runs += 1;
		begun.resolve();
		await sleep(30);
		told = stopping.aborted;
		finished = true;
	};
	const repeater = repeat({ name: 'work', intervalMs: HOUR_MS, run, logger: silent });
	await begun.promise;
	await repeater.stop();
	expect([finished, told, runs]).toEqual([true, true, 1]);
});
