import { expect, test } from '@jest/globals';
import { repeat } from './repeat.ts';

const ignore = () => undefined;
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };

async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

test('runs now, and again after a failure, which it logs', async () => {
	const failures: string[] = [];
	const logger = { ...silent, error: (event: string) => failures.push(event) };
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

test('stopping interrupts the pause, waits for the run that is going on, and tells it', async () => {
	let finished = false;
	let told = false;
	const run = async (stopping: AbortSignal) => {
		await new Promise((resolve) => setTimeout(resolve, 30));
		told = stopping.aborted;
		finished = true;
	};
	const repeater = repeat({ name: 'work', intervalMs: 3_600_000, run, logger: silent });
	await repeater.stop();
	expect([finished, told]).toEqual([true, true]);
});
