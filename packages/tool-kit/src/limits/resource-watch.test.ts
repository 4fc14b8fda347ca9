import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { execSandboxed } from '../sandbox/exec.ts';
import { createScratch, removeScratch, type Scratch } from '../scratch/scratch.ts';
import { processesWith } from '../testing/processes.ts';
import type { SandboxLimits } from './command-limits.ts';
import { watchResources } from './resource-watch.ts';

const MIB = 1024 * 1024;
const LIMITS = { memoryBytes: 512 * MIB, maxFileBytes: MIB, maxProcesses: 32, cpuSeconds: 20 };

let root: string;
let scratch: Scratch;
beforeAll(async () => {
	root = await mkdtemp(join(tmpdir(), 'resource-watch-'));
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(async () => {
	scratch = await createScratch(root);
});
afterEach(() => removeScratch(scratch));

interface Options {
	limits?: Partial<SandboxLimits>;
	onLine?: (line: string) => void;
}

function bash(script: string, { limits, ...options }: Options = {}) {
	const run = { command: 'bash', args: ['-c', script], scratch, ...options };
	return execSandboxed({ ...run, limits: { ...LIMITS, ...limits } });
}

describe('the processes of a sandbox together', () => {
	const TOO_MUCH = (what: string) => ({
		code: 'limit_exceeded',
		message: expect.stringContaining(`too much ${what}`),
	});
	const python = (lines: string) => `python3 -c '${lines}'`;

	test.each([
		[
			'memory, each within its limit',
			python('x = bytearray(200 << 20); import time; time.sleep(60)'),
			{ memoryBytes: 512 * MIB },
			'memory',
		],
		['computing time, each within its limit', 'while :; do :; done', { cpuSeconds: 1 }, 'computing time'],
		[
			'computing time, in short-lived processes',
			'while :; do bash -c "for i in {1..20000}; do :; done"; done',
			{ cpuSeconds: 1 },
			'computing time',
		],
		[
			'disk, each file within its limit',
			'for i in {1..100}; do head -c 900K /dev/zero > $BASHPID.$i; sleep 0.02; done',
			{ maxScratchBytes: 10 * MIB },
			'disk',
		],
		[
			'disk, in unlinked files',
			python(
				'import os, time; a = [open(f"/tmp/{os.getpid()}.{i}", "wb") for i in range(20)]; [(f.write(bytes(900 << 10)), f.flush(), os.unlink(f.name)) for f in a]; time.sleep(60)',
			),
			{ maxScratchBytes: 10 * MIB },
			'disk',
		],
		[
			'disk, in unlinked files of a path that is too long to read',
			python(
				[
					'import os, time',
					'os.chdir("/tmp")',
					'names = [str(os.getpid()) + "d" * 240] * 18',
					'for name in names: os.mkdir(name); os.chdir(name)',
					'files = [open(str(i), "wb") for i in range(20)]',
					'for f in files: f.write(bytes(900 << 10)); f.flush(); os.unlink(f.name)',
					'for name in names: os.chdir(".."); os.rmdir(name)',
					'time.sleep(60)',
				].join('\n'),
			),
			{ maxScratchBytes: 10 * MIB },
			'disk',
		],
		[
			'disk, in a flood of empty files',
			'for i in {1..5000}; do : > $BASHPID.$i; done; sleep 60',
			{ maxScratchBytes: 10 * MIB },
			'disk',
		],
	])('are ended when they use more %s', async (_, script, limits, what) => {
		const mark = `${1000 + Math.random() * 1000}`;
		const four = `for n in 1 2 3 4; do (${script}) & done; sleep ${mark}`;
		await expect(bash(four, { limits })).rejects.toMatchObject(TOO_MUCH(what));
		expect(processesWith(mark)).toEqual([]);
	});

	test('may share memory, which counts once', async () => {
		const share =
			'import os, time\nx = bytearray(150 << 20)\nfor _ in range(6):\n\tif os.fork() == 0:\n\t\ttime.sleep(1)\n\t\tos._exit(0)\nfor _ in range(6): os.wait()\nprint("done")';
		const run = { command: 'python3', args: ['-c', share], scratch };
		const { stdoutTail } = await execSandboxed({
			...run,
			limits: { ...LIMITS, totalMemoryBytes: 300 * MIB },
		});
		expect(stdoutTail).toBe('done');
	});
});

test('a command of one process finishes before a sandbox with twenty processes that do the same work each', async () => {
	const other = await createScratch(root);
	const done = new AbortController();
	try {
		const ends: string[] = [];
		const onLine = (line: string) => void ends.push(line);
		const work = 'for ((i = 0; i < 100000; i++)); do :; done';
		const twenty = execSandboxed({
			command: 'bash',
			args: ['-c', `for n in {1..20}; do (${work}; echo many) & done; wait`],
			scratch: other,
			limits: { ...LIMITS, cpuSeconds: 200 },
			onLine,
			signal: done.signal,
		}).catch(() => undefined);
		await bash(`${work}; echo alone`, { onLine });
		done.abort();
		await twenty;
		expect(ends.slice(0, 3)).toContain('alone');
	} finally {
		await removeScratch(other);
	}
});

test('processes that wait for a request are rarely measured, until one arrives', async () => {
	let measurements = 0;
	let resolveMeasured = () => {};
	const countMeasurement = () => {
		measurements += 1;
		resolveMeasured();
	};
	const measured = () =>
		new Promise<void>((resolve) => {
			resolveMeasured = resolve;
		});
	const onBreach = (error: Error) => {
		throw error;
	};
	const limits = { ...LIMITS, memoryBytes: 1024 ** 4, cpuSeconds: 1e9 };
	const watch = watchResources({ pid: process.pid, scratch, limits, onMeasured: countMeasurement }, onBreach);
	try {
		watch.setIdle(true);
		await measured();
		await new Promise((resolve) => setTimeout(resolve, 700));
		expect(measurements).toBe(1);
		watch.setIdle(false);
		await measured();
		await measured();
		expect(measurements).toBe(3);
	} finally {
		watch.stop();
	}
});

test('processes are ended when the disk is nearly full and they use most', async () => {
	const directories: string[] = [];
	const diskPressure = {
		mustEvict: async (_: object, directory: string) => directories.push(directory) > 0,
		remove: () => undefined,
	};
	const limits = { ...LIMITS, memoryBytes: 1024 ** 4, cpuSeconds: 1e9 };
	const breach = await new Promise((resolve) =>
		watchResources({ pid: process.pid, scratch, limits, diskPressure, onMeasured: () => undefined }, resolve),
	);
	expect(breach).toMatchObject({ code: 'limit_exceeded', message: expect.stringContaining('right now') });
	expect(directories).toEqual([scratch.path]);
});
