import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execSandboxed } from '../src/exec.ts';
import { createScratch, type Scratch } from '../src/scratch.ts';

const LIMITS = { memoryBytes: 1024 ** 3, maxFileBytes: 1024, maxProcesses: 8, cpuSeconds: 60 };
const ENOUGH_MS = 1_000;

let root: string;
let scratch: Scratch;
let neighbours: ChildProcess[];
beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), 'waiting-'));
	scratch = await createScratch(root);
	neighbours = Array.from({ length: 2 * availableParallelism() }, () =>
		// low themselves, so that what goes behind them gets enough to start with; each a session of its own, as kernels that
		// share out by sessions would count all of them as one
		spawn('nice', ['-n', '10', 'sh', '-c', 'while :; do :; done'], { detached: true }),
	);
});
afterEach(async () => {
	for (const one of neighbours) one.kill('SIGKILL');
	await rm(root, { recursive: true });
});

test('a command that others keep from the processors is told to have waited', async () => {
	const ended = new AbortController();
	let waitedMs = 0;
	const run = execSandboxed({
		...{ command: 'bash', args: ['-c', 'while :; do :; done'], scratch, limits: LIMITS },
		signal: ended.signal,
		// It goes behind all others.
		deprioritized: AbortSignal.abort(),
		onWaited(ms) {
			waitedMs += ms;
			if (waitedMs >= ENOUGH_MS) ended.abort(new Error('it has waited'));
		},
	});
	await expect(run).rejects.toThrow('it has waited');
}, 120_000);
