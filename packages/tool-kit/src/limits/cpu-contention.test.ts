import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execSandboxed } from '../sandbox/exec.ts';
import { TOOL_PRIORITY } from '../sandbox/renice.ts';
import { createScratch, type Scratch } from '../scratch/scratch.ts';
import { createContentionMeter } from './cpu-contention.ts';

describe('createContentionMeter', () => {
	/** Returns the steps after many equal measurements. */
	function stepsOf(runnableThreads: number, cores = 2): number {
		const measure = createContentionMeter(cores);
		let steps = 0;
		for (let time = 0; time < 100; time += 1) steps = measure(runnableThreads);
		return steps;
	}

	test.each([
		['no thread', 0],
		['as many threads as there are cores', 2],
		['a few more threads', 3],
	])('returns no steps for %s', (_, runnableThreads) => {
		expect(stepsOf(runnableThreads)).toBe(0);
	});

	test.each([4, 16, 64])('makes %d threads weigh as much as one for each core', (runnableThreads) => {
		const weight = runnableThreads * 1.25 ** -stepsOf(runnableThreads);
		expect(weight).toBeLessThanOrEqual(2);
		expect(weight).toBeGreaterThan(1.5);
	});

	test('returns at most the steps that the kernel has', () => {
		expect(stepsOf(100_000)).toBe(19);
	});

	test('returns no steps for a short burst', () => {
		const measure = createContentionMeter(2);
		expect([measure(0), measure(5), measure(0)]).toEqual([0, 0, 0]);
	});
});

describe('a sandboxed command', () => {
	const CORES = availableParallelism();
	/** Child processes inherit the priority of this one, and tools have a lower one. */
	const BEGIN = getPriority() + TOOL_PRIORITY;
	const MUCH_LOWER = Math.min(19, BEGIN + 12);
	const LIMITS = { memoryBytes: 1024 ** 3, maxFileBytes: 1024, maxProcesses: 256, cpuSeconds: 600 };

	let root: string;
	let scratch: Scratch;
	beforeEach(async () => {
		root = await mkdtemp(join(tmpdir(), 'cpu-contention-'));
		scratch = await createScratch(root);
	});
	afterEach(() => rm(root, { recursive: true }));

	/** Starts busy processes, then runs a script in which `nice` prints the nice value of the newest of them. */
	function runBeside(busyProcesses: number, script: string) {
		const start = `for n in $(seq ${busyProcesses}); do (while :; do :; done) & done`;
		const nice = 'nice() { cut -d " " -f 19 /proc/$!/stat; }';
		return execSandboxed({
			command: 'bash',
			args: ['-c', `${start}; ${nice}; ${script}; kill $(jobs -p)`],
			scratch,
			limits: LIMITS,
		});
	}

	test('has all of its processes reniced, also those that it starts later, when they contend for the cores', async () => {
		const later = '(while :; do :; done) & nice';
		const result = await runBeside(
			16 * CORES,
			`until (($(nice) >= ${MUCH_LOWER})); do sleep 0.1; done; nice; ${later}`,
		);
		const [reniced, startedLater] = result.stdoutTail.split('\n').map(Number);
		expect(reniced).toBeGreaterThanOrEqual(MUCH_LOWER);
		expect(startedLater).toBeGreaterThanOrEqual(MUCH_LOWER);
	});

	test('keeps its priority with as many processes as there are cores', async () => {
		const { stdoutTail } = await runBeside(CORES, 'sleep 3; nice');
		expect(stdoutTail).toBe(String(BEGIN));
	});
});
