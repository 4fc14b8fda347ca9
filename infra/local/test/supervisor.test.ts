import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { logFile, pidFile } from '../src/supervisor/home.ts';
import { findOwnedProcesses } from '../src/supervisor/ownership.ts';
import type { ManagedProcess, Step, SupervisorEvent } from '../src/supervisor/process.ts';
import { restartDelayMs } from '../src/supervisor/supervise.ts';
import { Supervisor } from '../src/supervisor/supervisor.ts';
import { temporaryHome } from '../src/testing/temporary.ts';

let supervisor: Supervisor | undefined;
let events: SupervisorEvent[];
beforeEach(() => {
	events = [];
	supervisor = undefined;
});
afterEach(async () => {
	await supervisor?.stop();
});
// removed after the supervisor in it has stopped
const home = temporaryHome();

function supervise(...steps: Step[]): Supervisor {
	supervisor = new Supervisor({ home: home(), steps, report: (event) => events.push(event) });
	return supervisor;
}

function shell(name: string, script: string, more: Partial<ManagedProcess> = {}): ManagedProcess {
	const env = { PATH: process.env.PATH ?? '' };
	const checkReady = async () => undefined;
	return { kind: 'process', name, dependsOn: [], command: ['sh', '-c', script], env, checkReady, ...more };
}

const neverReady = { checkReady: () => Promise.reject(new Error('not ready')) };
const pidOf = (name: string): number => Number(readFileSync(pidFile(home(), name), 'utf8'));
const eventsOf = (type: SupervisorEvent['type']) => events.filter((event) => event.type === type);

async function waitUntil(condition: () => boolean): Promise<void> {
	while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('a supervisor', () => {
	test('writes the pid of the process itself, and what it prints', async () => {
		await supervise(shell('a', 'echo hello; exec sleep 60')).start();
		await waitUntil(() => readFileSync(logFile(home(), 'a'), 'utf8') === 'hello\n');
		await waitUntil(() => readFileSync(`/proc/${pidOf('a')}/comm`, 'utf8') === 'sleep\n');
	});

	test('starts a process when what it depends on is ready, and not before', async () => {
		const order: string[] = [];
		const task = (name: string, dependsOn: string[]): Step => {
			return { kind: 'task', name, dependsOn, run: async () => void order.push(name) };
		};
		const checkReady = async () => {
			if (order.push('asked') < 4) throw new Error('not yet');
		};
		const server = shell('server', 'exec sleep 60', { dependsOn: ['before'], checkReady });
		await supervise(task('after', ['server']), server, task('before', [])).start();
		expect(order).toEqual(['before', 'asked', 'asked', 'asked', 'after']);
	});

	test('restarts a process that runs but fails its liveness check', async () => {
		let isWorking = true;
		const check = async () => {
			if (!isWorking) throw new Error('confirms nothing');
		};
		const liveness = { check, intervalMs: 10, failAfterMs: 50 };
		await supervise(shell('a', 'exec sleep 60', { liveness })).start();
		const first = pidOf('a');
		isWorking = false;
		await waitUntil(() => eventsOf('unresponsive').length > 0);
		isWorking = true;
		await waitUntil(() => eventsOf('restarted').length > 0);
		expect(eventsOf('unresponsive')[0]?.text).toContain('(confirms nothing)');
		expect(pidOf('a')).not.toBe(first);
	});

	test('waits longer each time when a process keeps dying, up to 30 s', async () => {
		await supervise(shell('a', 'sleep 0.05')).start();
		await waitUntil(() => eventsOf('exited').length === 3);
		const pauses = eventsOf('exited').map(({ text }) => /restarting in (.*)/.exec(text)?.[1]);
		expect(pauses).toEqual(['0.1 s', '0.2 s', '0.4 s']);
		expect(restartDelayMs(1_000)).toBe(30_000);
	});

	test('rejects when a process never starts', async () => {
		const started = supervise(shell('a', 'exit 3', neverReady)).start();
		await expect(started).rejects.toThrow('a can’t start (exit code 3). See ');
	});

	test('rejects when a process lives but does not become ready in time', async () => {
		const started = supervise(shell('a', 'exec sleep 60', { ...neverReady, readyTimeoutMs: 50 })).start();
		await expect(started).rejects.toThrow('a didn’t become ready within 0.05 s');
	});

	test('rejects a list in which a step is missing', () => {
		expect(() => supervise(shell('a', '', { dependsOn: ['b'] }))).toThrow(/a depends on b, which is not/);
	});
});

describe('stop', () => {
	test('ends dependents before what they depend on', async () => {
		const client = shell('client', 'exec sleep 60', { dependsOn: ['server'] });
		await supervise(shell('server', 'exec sleep 60'), client).start();
		await supervisor?.stop();
		expect(eventsOf('stopped').map(({ name }) => name)).toEqual(['client', 'server']);
	});

	test('leaves no process behind, nor what processes started', async () => {
		await supervise(shell('a', 'sleep 60 & sleep 60')).start();
		await waitUntil(() => findOwnedProcesses(home().root).length === 3);
		await supervisor?.stop();
		expect(findOwnedProcesses(home().root)).toEqual([]);
		expect(existsSync(pidFile(home(), 'a'))).toBe(false);
	});

	test('kills a process that ignores the stop signal', async () => {
		const script = 'trap "" TERM; echo up; while :; do sleep 0.05; done';
		await supervise(shell('a', script, { stopTimeoutMs: 1_000 })).start();
		await waitUntil(() => eventsOf('line').length > 0);
		await supervisor?.stop();
		expect(eventsOf('killed')).toHaveLength(1);
		expect(findOwnedProcesses(home().root)).toEqual([]);
	});

	test('ends a start in progress', async () => {
		const dependent = shell('b', 'exec sleep 60', { dependsOn: ['a'] });
		const started = supervise(shell('a', 'exec sleep 60', neverReady), dependent).start();
		await waitUntil(() => existsSync(pidFile(home(), 'a')));
		await supervisor?.stop();
		await started;
		expect(existsSync(logFile(home(), 'b'))).toBe(false);
	});
});

test('a supervisor that is killed takes its processes with it', async () => {
	const program = join(import.meta.dirname, 'fixtures', 'supervise-sleep.ts');
	const child = spawn(process.execPath, [program, home().root], { stdio: ['ignore', 'pipe', 'inherit'] });
	await once(child.stdout, 'data');
	await waitUntil(() => findOwnedProcesses(home().root).length === 1);
	// it may close before the last of its processes is gone
	const closed = once(child, 'close');
	child.kill('SIGKILL');
	await waitUntil(() => findOwnedProcesses(home().root).length === 0);
	await closed;
});
