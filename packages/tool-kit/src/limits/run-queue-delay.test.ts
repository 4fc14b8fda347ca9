import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execSandboxed } from '../sandbox/exec.ts';
import { createScratch, type Scratch } from '../scratch/scratch.ts';
import { cpuWaitMs, runnableThreads } from './run-queue-delay.ts';

describe('cpuWaitMs', () => {
	const TWO_CORES = { elapsedMs: 1000, cores: 2 };

	test.each([
		['one thread that had a core all the time', { ranMs: 1000, waitedMs: 0 }, 0],
		['one thread that others kept from running most of the time', { ranMs: 100, waitedMs: 900 }, 900],
		['two threads that had a tenth of both cores', { ranMs: 200, waitedMs: 1800 }, 900],
		['many threads that had all cores, and waited for each other', { ranMs: 2000, waitedMs: 6000 }, 0],
		['many threads that had one of two cores', { ranMs: 1000, waitedMs: 7000 }, 500],
		['threads that sleep', { ranMs: 0, waitedMs: 0 }, 0],
		['threads that sleep, but for moments in which they waited', { ranMs: 1, waitedMs: 9 }, 9],
		['threads that ran a little longer than was measured', { ranMs: 2100, waitedMs: 0 }, 0],
	])('measures for %s', (_, times, expected) => {
		expect(cpuWaitMs(times, TWO_CORES)).toBeCloseTo(expected);
	});
});

describe('runnableThreads', () => {
	test.each([
		['no thread', [], 0],
		[
			'a thread that ran all the time and one that waited half of it',
			[
				{ ranMs: 100, waitedMs: 0 },
				{ ranMs: 0, waitedMs: 50 },
			],
			1.5,
		],
		['a thread whose wait began before the last measurement', [{ ranMs: 10, waitedMs: 2000 }], 1],
	])('counts %s', (_, spent, expected) => {
		expect(runnableThreads(spent, 100)).toBeCloseTo(expected);
	});
});

describe('a sandboxed command', () => {
	const LIMITS = { memoryBytes: 1024 ** 3, maxFileBytes: 1024, maxProcesses: 8, cpuSeconds: 60 };
	const ENOUGH_MS = 300;

	let root: string;
	let scratch: Scratch;
	let competitors: ChildProcess[];
	beforeEach(async () => {
		root = await mkdtemp(join(tmpdir(), 'run-queue-delay-'));
		scratch = await createScratch(root);
		competitors = Array.from({ length: 2 * availableParallelism() }, () =>
			// Niced, so that the deprioritized command gets enough CPU to start; each in a session of its own, as a kernel that
			// schedules by session would count all of them as one.
			spawn('nice', ['-n', '10', 'sh', '-c', 'while :; do :; done'], { detached: true }),
		);
	});
	afterEach(async () => {
		for (const one of competitors) one.kill('SIGKILL');
		await rm(root, { recursive: true });
	});

	test('reports the time that it spends waiting for a CPU', async () => {
		const ended = new AbortController();
		let waitedMs = 0;
		const run = execSandboxed({
			command: 'bash',
			args: ['-c', 'while :; do :; done'],
			scratch,
			limits: LIMITS,
			signal: ended.signal,
			deprioritized: AbortSignal.abort(),
			onCpuWait(ms) {
				waitedMs += ms;
				if (waitedMs >= ENOUGH_MS) ended.abort(new Error('it has waited'));
			},
		});
		await expect(run).rejects.toThrow('it has waited');
	}, 120_000);
});
