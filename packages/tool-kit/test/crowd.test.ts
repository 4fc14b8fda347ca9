import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execSandboxed } from '../src/exec.ts';
import { createScratch, type Scratch } from '../src/scratch.ts';

const CORES = availableParallelism();
/** What we start begins where we are. */
const BEGIN = getPriority();
const MUCH_LOWER = Math.min(19, BEGIN + 12);
const LIMITS = { memoryBytes: 1024 ** 3, maxFileBytes: 1024, maxProcesses: 256, cpuSeconds: 600 };

let root: string;
let scratch: Scratch;
beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), 'crowd-'));
	scratch = await createScratch(root);
});
afterEach(() => rm(root, { recursive: true }));

/** Starts busy processes, and does the rest, for which `nice` tells the priority of the last of them. */
function beside(busyProcesses: number, script: string) {
	const start = `for n in $(seq ${busyProcesses}); do (while :; do :; done) & done`;
	const nice = 'nice() { cut -d " " -f 19 /proc/$!/stat; }';
	return execSandboxed({
		...{ command: 'bash', args: ['-c', `${start}; ${nice}; ${script}; kill $(jobs -p)`] },
		...{ scratch, limits: LIMITS },
	});
}

test('processes that crowd the cores go lower, all of them, and those that are started later', async () => {
	const later = '(while :; do :; done) & nice';
	const result = await beside(
		16 * CORES,
		`until (($(nice) >= ${MUCH_LOWER})); do sleep 0.1; done; nice; ${later}`,
	);
	const [lowered, startedLater] = result.stdoutTail.split('\n').map(Number);
	expect(lowered).toBeGreaterThanOrEqual(MUCH_LOWER);
	expect(startedLater).toBeGreaterThanOrEqual(MUCH_LOWER);
});

test('as many processes as there are cores stay where they are', async () => {
	const { stdoutTail } = await beside(CORES, 'sleep 3; nice');
	expect(stdoutTail).toBe(String(BEGIN));
});
