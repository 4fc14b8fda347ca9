import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SandboxLimits } from '../limits/command-limits.ts';
import { createScratch, removeScratch, type Scratch } from '../scratch/scratch.ts';
import { processesWith } from '../testing/processes.ts';
import type { CommandOptions } from '../tool/tool.ts';
import { ToolError } from '../tool/tool-error.ts';
import { execSandboxed } from './exec.ts';
import { onKill } from './kill.ts';

const MIB = 1024 * 1024;
const LIMITS = { memoryBytes: 512 * MIB, maxFileBytes: MIB, maxProcesses: 32, cpuSeconds: 20 };
const KILLED_WITHIN_MS = 2000;
const STARTED_WITHIN_MS = 20_000;

let root: string;
let scratch: Scratch;
beforeAll(async () => {
	// mkdtemp creates it with mode 0700, which a worker's scratch home has too.
	root = await mkdtemp(join(tmpdir(), 'exec-'));
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(async () => {
	scratch = await createScratch(root);
});
afterEach(() => removeScratch(scratch));

type Options = CommandOptions & {
	signal?: AbortSignal;
	deprioritized?: AbortSignal;
	limits?: Partial<SandboxLimits>;
};

function bash(script: string, { limits, ...options }: Options = {}) {
	return execSandboxed({
		command: 'bash',
		args: ['-c', script],
		scratch,
		...options,
		limits: { ...LIMITS, ...limits },
	});
}

/** Makes the sandbox use a user namespace, as for an ordinary user, whichever user runs this test. */
async function asOrdinaryUser(): Promise<void> {
	const uid = process.getuid?.() ?? 0;
	for (const directory of [scratch.toolDir, scratch.tmpDir, scratch.shmDir]) await chown(directory, uid, uid);
	scratch = { ...scratch, uid: undefined };
}

describe.each(['as the user of this test', 'as an ordinary user'])('a sandboxed command %s', (user) => {
	beforeEach(async () => {
		if (user === 'as an ordinary user') await asOrdinaryUser();
	});

	test('is an unprivileged user without capabilities who can gain none', async () => {
		const { stdoutTail } = await bash('id -u; grep -E "^(CapEff|CapBnd|NoNewPrivs)" /proc/self/status');
		expect(stdoutTail.split(/\s+/)).toEqual([
			'65534',
			...['CapEff:', '0000000000000000', 'CapBnd:', '0000000000000000', 'NoNewPrivs:', '1'],
		]);
	});

	test('cannot create a user namespace, in which it would be root', async () => {
		expect((await bash('unshare --user --map-root-user id')).exitCode).not.toBe(0);
	});

	test('sees no process but its own', async () => {
		const { stdoutTail } = await bash('cat /proc/[0-9]*/comm');
		const names = new Set(stdoutTail.split('\n'));
		expect([...names].filter((name) => !['bwrap', 'bash', 'cat'].includes(name))).toEqual([]);
	});

	test('writes to its scratch directory, /tmp and /dev/shm and nowhere else', async () => {
		const { stdoutTail } = await bash(`
			for place in /scratch /tmp /dev/shm / /dev /etc /usr /input /var /proc; do
				(echo x > $place/probe) 2>/dev/null && echo $place
			done`);
		expect(stdoutTail.split('\n')).toEqual(['/scratch', '/tmp', '/dev/shm']);
		expect(await readFile(join(scratch.toolDir, 'probe'), 'utf8')).toBe('x\n');
	});

	test('reaches no network, not even this machine', async () => {
		let connections = 0;
		const server = createServer((socket) => {
			connections += 1;
			socket.destroy();
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const address = server.address();
		const port = typeof address === 'object' && address ? address.port : 0;
		const result = await bash(`echo hello > /dev/tcp/127.0.0.1/${port}`);
		await new Promise((resolve) => server.close(resolve));
		expect(result.exitCode).not.toBe(0);
		expect(connections).toBe(0);
	});

	test('reads a bound file and cannot change it', async () => {
		const path = join(root, 'given');
		await writeFile(path, 'given');
		await chmod(path, 0o444);
		// The owner of a file may make it writable.
		const change = '(chmod u+w /input/a.txt; echo > /input/a.txt) 2>&1';
		const { stdoutTail } = await bash(`cat /input/a.txt; ${change}`, { readOnly: { 'a.txt': path } });
		expect(stdoutTail).toMatch(/^given.*(Read-only|Permission denied)/s);
		expect(await readFile(path, 'utf8')).toBe('given');
	});
});

describe('a sandboxed command', () => {
	test('cannot exceed the number of processes', async () => {
		const forks = `
import os, time
made = 0
try:
    while made < 100:
        if os.fork() == 0: time.sleep(60)
        made += 1
except BlockingIOError:
    pass
print(made)`;
		const run = { command: 'python3', args: ['-c', forks], scratch, limits: { ...LIMITS, maxProcesses: 16 } };
		const { stdoutTail } = await execSandboxed(run);
		expect(Number(stdoutTail)).toBeGreaterThan(0);
		expect(Number(stdoutTail)).toBeLessThan(16);
	});

	test('sees no users, hosts and variables of this machine', async () => {
		process.env.WORKER_SECRET = 'secret';
		const { stdoutTail } = await bash(
			'ls -d /root /home /srv /mnt /etc/passwd /etc/shadow /etc/hosts /etc/ssl 2>/dev/null; hostname; env | grep -c SECRET',
		);
		delete process.env.WORKER_SECRET;
		expect(stdoutTail.split('\n')).toEqual(['sandbox', '0']);
	});

	test('finds no host path in the command line of its init process', async () => {
		const { stdoutTail } = await bash('cat /proc/1/cmdline | tr "\\0" " "');
		expect(stdoutTail).toContain('bwrap');
		expect(stdoutTail).not.toContain(root);
	});

	test('inherits no descriptor but its standard streams', async () => {
		const script = 'for fd in $(seq 3 20); do [ -e /proc/$$/fd/$fd ] && echo $fd; done; echo end';
		expect((await bash(script)).stdoutTail).toBe('end');
	});

	test('has the variables of `env`', async () => {
		const { stdoutTail } = await bash('echo $GIVEN $HOME $TZ', { env: { GIVEN: 'given' } });
		expect(stdoutTail).toBe('given /scratch UTC');
	});

	test.each([
		['more memory than allowed', 'tail -c 800M <(head -c 900M /dev/zero) > /dev/null', { exitCode: 1 }],
		['a larger file than allowed', 'head -c 2M /dev/zero > big', { exitCode: null, signal: 'SIGXFSZ' }],
	])('fails when it uses %s', async (_, script, expected) => {
		const result = await bash(script);
		expect(result).toMatchObject(expected);
	});

	test.each([
		['for namespaces', 'unshare --net true', /Operation not permitted/],
		['to other processes', 'python3 -c "import ctypes; print(ctypes.CDLL(None).ptrace(0, 0, 0, 0))"', /^-1$/],
		['for anonymous files in memory', 'python3 -c "import os; os.memfd_create(\'x\')"', /not implemented/],
		[
			'for memory that belongs to no process',
			'python3 -c "import ctypes; print(ctypes.CDLL(None).shmget(0, 99, 0x3ff))"',
			/^-1$/,
		],
		['to the host of a virtual machine', 'python3 -c "import socket; socket.socket(40, 1)"', /not supported/],
		['for netlink sockets', 'python3 -c "import socket; socket.socket(16, 3, 0)"', /not supported/],
	])('is denied system calls %s', async (_, script, expected) => {
		const { stdoutTail, stderrTail } = await bash(script);
		expect(stdoutTail + stderrTail).toMatch(expected);
	});

	test('is killed first when the machine runs out of memory', async () => {
		expect((await bash('cat /proc/self/oom_score_adj')).stdoutTail).toBe('1000');
	});

	test('is ended when it uses more CPU time than allowed', async () => {
		const result = await bash('exec bash -c "while :; do :; done"', { limits: { cpuSeconds: 1 } });
		expect(result.signal).toMatch(/SIGXCPU|SIGKILL/);
		expect(result.timedOut).toBe(false);
	});

	test('returns its exit code and what it printed', async () => {
		const lines: string[] = [];
		const result = await bash('echo out; echo err >&2; exit 3', {
			onLine: (line, stream) => lines.push(`${stream} ${line}`),
		});
		expect(result).toEqual({
			command: 'bash',
			exitCode: 3,
			signal: null,
			stdoutTail: 'out',
			stderrTail: 'err',
			timedOut: false,
		});
		expect(lines.sort()).toEqual(['stderr err', 'stdout out']);
	});

	test('that does not exist fails with exit code 127', async () => {
		const result = await execSandboxed({ command: 'no-such-command', args: [], scratch, limits: LIMITS });
		expect(result).toMatchObject({ exitCode: 127, stderrTail: expect.stringContaining('no-such-command') });
	});
});

describe('killing', () => {
	/** Starts a script, aborts it when it prints its first line, and returns how long its end took. */
	async function abortOnceStarted(script: string): Promise<number> {
		const controller = new AbortController();
		let abortedAtMs = 0;
		const run = bash(script, {
			signal: controller.signal,
			onLine: () => {
				abortedAtMs ||= performance.now();
				controller.abort(new Error('canceled'));
			},
		});
		await expect(run).rejects.toThrow('canceled');
		return performance.now() - abortedAtMs;
	}

	test.each([
		['ignores every signal that can be ignored', 'trap "" TERM INT HUP QUIT; echo ready; exec sleep MARK'],
		[
			'left its session and its parent behind',
			'(setsid sleep MARK >/dev/null 2>&1 &); echo ready; sleep MARK',
		],
		['forks as fast as it can', 'f() { sleep MARK & f | f & }; echo ready; f; sleep MARK'],
		['stopped itself', 'sleep MARK & echo ready; kill -STOP $$'],
	])('leaves no process of a command that %s', async (_, script) => {
		const mark = `${1000 + Math.random() * 1000}`;
		const tookMs = await abortOnceStarted(script.replaceAll('MARK', mark));
		expect(processesWith(mark)).toEqual([]);
		expect(tookMs).toBeLessThan(KILLED_WITHIN_MS);
	});

	test('ends children that a command has left behind', async () => {
		const mark = `${1000 + Math.random() * 1000}`;
		const result = await bash(`setsid sleep ${mark} >/dev/null 2>&1 & exit 0`);
		expect(result.exitCode).toBe(0);
		expect(processesWith(mark)).toEqual([]);
	});

	test('of an aborted command happens even before it has started', async () => {
		await expect(bash('sleep 60', { signal: AbortSignal.abort(new Error('early')) })).rejects.toThrow(
			'early',
		);
		const controller = new AbortController();
		const run = bash('sleep 60', { signal: controller.signal });
		setImmediate(() => controller.abort(new Error('at once')));
		await expect(run).rejects.toThrow('at once');
	});

	test('at the time limit resolves with timedOut', async () => {
		// On a busy machine, the time may be over before the command begins.
		const result = await bash('sleep 60', { timeoutMs: 200 });
		expect(result).toMatchObject({ exitCode: null, signal: 'SIGKILL', timedOut: true });
	});

	test('is published once, with its reason', async () => {
		const published: string[] = [];
		const listener = onKill((reason) => published.push(reason));
		await bash('exit 0');
		await bash('sleep 60', { timeoutMs: 100 });
		const abort = (reason: Error) => {
			const controller = new AbortController();
			const options = { signal: controller.signal, onLine: () => controller.abort(reason) };
			return expect(bash('echo begun; sleep 60', options)).rejects.toBe(reason);
		};
		await abort(new Error('canceled'));
		await abort(new ToolError('timeout', 'too long'));
		const much = bash('sleep 60', { limits: { totalMemoryBytes: 1 } });
		await expect(much).rejects.toMatchObject({ code: 'limit_exceeded' });
		expect(published).toEqual(['timeout', 'cancel', 'timeout', 'limit']);
		listener.stop();
	});

	test('follows an exception of onLine, with which the run rejects', async () => {
		const refuse = () => {
			throw new Error('not this line');
		};
		await expect(bash('echo line; sleep 60', { onLine: refuse })).rejects.toThrow('not this line');
	});

	test('of the worker kills its commands', async () => {
		const mark = randomUUID();
		const script = `
			import { execSandboxed } from ${JSON.stringify(new URL('./exec.ts', import.meta.url).href)};
			const scratch = ${JSON.stringify(scratch)};
			const args = ['-c', 'exec -a ${mark} sleep 60'];
			await execSandboxed({ command: 'bash', args, scratch, limits: ${JSON.stringify(LIMITS)} });`;
		const worker = spawn(process.execPath, ['--input-type=module', '-e', script], {
			stdio: ['ignore', 'ignore', 'inherit'],
			env: { ...process.env, NODE_OPTIONS: '' },
		});
		const inSandbox = () => processesWith(`${mark} 60`).filter((line) => line.startsWith(mark)).length;
		try {
			await waitUntil(() => inSandbox() === 1, STARTED_WITHIN_MS);
		} finally {
			worker.kill('SIGKILL');
		}
		await waitUntil(() => inSandbox() === 0, KILLED_WITHIN_MS);
	});
});

/** Throws when the condition does not hold in time. */
async function waitUntil(condition: () => boolean, withinMs: number): Promise<void> {
	for (const deadline = performance.now() + withinMs; !condition(); await sleep(20)) {
		if (performance.now() > deadline) throw new Error('the condition does not hold');
	}
}

/** Child processes inherit the priority of this one. */
const niceBeyondOwn = (steps: number) => Math.min(19, getPriority() + steps);

/** Runs a command that prints its nice value, until it reaches `awaited`. Calls `onThirdLine` meanwhile. Returns the last value. */
async function awaitNice(
	awaited: number,
	deprioritized?: AbortSignal,
	onThirdLine?: () => void,
): Promise<number> {
	const controller = new AbortController();
	let seen = 0;
	let lines = 0;
	const onLine = (line: string) => {
		seen = Number(line);
		lines += 1;
		if (lines === 3) onThirdLine?.();
		if (seen >= awaited || lines === 100) controller.abort(new Error('enough'));
	};
	const printPriority = 'while sleep 0.05; do cut -d" " -f19 /proc/self/stat; done';
	const run = bash(printPriority, {
		...(deprioritized && { deprioritized }),
		signal: controller.signal,
		onLine,
	});
	await expect(run).rejects.toThrow('enough');
	return seen;
}

test('every command runs at a lower priority than the services', async () => {
	expect(await awaitNice(niceBeyondOwn(5))).toBeGreaterThanOrEqual(niceBeyondOwn(5));
});

describe('a deprioritized command', () => {
	const LOW = niceBeyondOwn(16);

	test('is reniced when its signal is aborted', async () => {
		const deprioritization = new AbortController();
		expect(
			await awaitNice(LOW, deprioritization.signal, () => deprioritization.abort()),
		).toBeGreaterThanOrEqual(LOW);
	});

	test('is reniced at its start when its signal was aborted before', async () => {
		expect(await awaitNice(LOW, AbortSignal.abort())).toBeGreaterThanOrEqual(LOW);
	});

	// Where the kernel schedules by session, a thread's own nice value counts only within its session.
	const hasAutogroups = existsSync('/proc/self/autogroup');
	(hasAutogroups ? test : test.skip)(
		'is reniced with its session, and with those it begins later',
		async () => {
			const controller = new AbortController();
			const seen: string[] = [];
			const onLine = (line: string) => {
				seen.push(line);
				if (/nice 16 .*nice 16$/.test(line) || seen.length === 200) controller.abort(new Error('enough'));
			};
			const script = `
			setsid sleep 60 &
			while sleep 0.05; do echo $(cat /proc/self/autogroup /proc/$!/autogroup); done`;
			const run = bash(script, { deprioritized: AbortSignal.abort(), signal: controller.signal, onLine });
			await expect(run).rejects.toThrow('enough');
			expect(seen.at(-1)).toMatch(/nice 16 .*nice 16$/);
		},
	);
});
