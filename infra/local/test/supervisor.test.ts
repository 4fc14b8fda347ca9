import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Home, logFile, openHome, pidFile } from '../src/supervisor/home.ts';
import { findOwnedProcesses } from '../src/supervisor/ownership.ts';
import type { ManagedProcess, Step, SupervisorEvent } from '../src/supervisor/process.ts';
import { createSupervisor, type Supervisor } from '../src/supervisor/supervisor.ts';

let home: Home;
let supervisor: Supervisor | undefined;
let events: SupervisorEvent[];

beforeEach(() => {
	home = openHome(mkdtempSync(join(tmpdir(), 'creatorr-supervisor-')));
	events = [];
	supervisor = undefined;
});
afterEach(async () => {
	await supervisor?.stop();
	rmSync(home.root, { recursive: true });
});

function supervised(steps: Step[]): Supervisor {
	supervisor = createSupervisor({
		home,
		steps,
		report: (event) => events.push(event),
		draining: new Set(),
		drainMs: 0,
	});
	return supervisor;
}

function shell(name: string, script: string, more: Partial<ManagedProcess> = {}): ManagedProcess {
	return {
		kind: 'process',
		name,
		dependsOn: [],
		command: ['sh', '-c', script],
		env: { PATH: process.env.PATH ?? '' },
		checkReady: async () => undefined,
		readyTimeoutMs: 5_000,
		stopSignal: 'SIGTERM',
		stopTimeoutMs: 2_000,
		...more,
	};
}

const pidOf = (name: string): number => Number(readFileSync(pidFile(home, name), 'utf8'));

async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('a supervisor', () => {
	test('writes the pid of the process itself, and what it prints', async () => {
		await supervised([shell('a', 'echo hello; exec sleep 60')]).start();
		await until(() => readFileSync(logFile(home, 'a'), 'utf8') === 'hello\n');
		await until(() => readFileSync(`/proc/${pidOf('a')}/comm`, 'utf8') === 'sleep\n');
	});

	test('starts a process when what it depends on is ready, and not before', async () => {
		const order: string[] = [];
		const task = (name: string, dependsOn: string[]): Step => ({
			kind: 'task',
			name,
			dependsOn,
			run: async () => {
				order.push(name);
			},
		});
		const server = shell('server', 'exec sleep 60', {
			dependsOn: ['before'],
			checkReady: async () => {
				if (order.push('asked') < 4) throw new Error('not yet');
			},
		});
		await supervised([task('after', ['server']), server, task('before', [])]).start();
		expect(order).toEqual(['before', 'asked', 'asked', 'asked', 'after']);
	});

	test('restarts a process that was killed', async () => {
		await supervised([shell('a', 'exec sleep 60')]).start();
		const first = pidOf('a');
		process.kill(first, 'SIGKILL');
		await until(() => events.some((event) => event.type === 'ready' && event.restart));
		expect(pidOf('a')).not.toBe(first);
		expect(supervisor?.snapshot()).toEqual([{ name: 'a', state: 'ready', pid: pidOf('a'), restarts: 1 }]);
	});

	test('restarts a process that runs but fails its liveness check', async () => {
		let isWorking = true;
		const check = async () => {
			if (!isWorking) throw new Error('confirms nothing');
		};
		await supervised([
			shell('a', 'exec sleep 60', { liveness: { check, intervalMs: 10, failAfterMs: 50 } }),
		]).start();
		const first = pidOf('a');
		isWorking = false;
		await until(() => events.some(({ type }) => type === 'unresponsive'));
		isWorking = true;
		await until(() => events.some((event) => event.type === 'ready' && event.restart));
		expect(events).toContainEqual({ type: 'unresponsive', name: 'a', reason: 'confirms nothing' });
		expect(pidOf('a')).not.toBe(first);
	});

	test('waits longer each time when a process keeps dying', async () => {
		await supervised([shell('a', 'sleep 0.05')]).start();
		await until(() => events.filter(({ type }) => type === 'exited').length === 3);
		expect(events.flatMap((event) => (event.type === 'exited' ? [event.delayMs] : []))).toEqual([
			100, 200, 400,
		]);
	});

	test('says so when a process never starts', async () => {
		const never = { checkReady: () => Promise.reject(new Error('not ready')) };
		await expect(supervised([shell('a', 'exit 3', never)]).start()).rejects.toThrow(
			'a can’t start (exit code 3). See ',
		);
	});

	test('says so when a process lives but does not become ready in time', async () => {
		const never = { checkReady: () => Promise.reject(new Error('not ready')), readyTimeoutMs: 50 };
		await expect(supervised([shell('a', 'exec sleep 60', never)]).start()).rejects.toThrow(
			'a didn’t become ready within 0.05 s',
		);
	});

	test('refuses a list in which something is missing or goes in circles', async () => {
		expect(() => supervised([shell('a', '', { dependsOn: ['b'] })])).toThrow(/a depends on b, which is not/);
		const circle = [shell('a', '', { dependsOn: ['b'] }), shell('b', '', { dependsOn: ['a'] })];
		await expect(supervised(circle).start()).rejects.toThrow('depend on one another');
		supervisor = undefined;
	});
});

describe('stop', () => {
	test('ends dependents before what they depend on', async () => {
		const steps = [
			shell('server', 'exec sleep 60'),
			shell('client', 'exec sleep 60', { dependsOn: ['server'] }),
		];
		await supervised(steps).start();
		await supervisor?.stop();
		expect(events.filter(({ type }) => type === 'stopped').map(({ name }) => name)).toEqual([
			'client',
			'server',
		]);
	});

	test('leaves no process behind, nor what processes started', async () => {
		await supervised([shell('a', 'sleep 60 & sleep 60')]).start();
		await until(() => findOwnedProcesses(home.root).length === 3);
		await supervisor?.stop();
		expect(findOwnedProcesses(home.root)).toEqual([]);
		expect(existsSync(pidFile(home, 'a'))).toBe(false);
	});

	test('kills a process that does not end when asked', async () => {
		const stubborn = shell('a', 'trap "" TERM; echo up; while :; do sleep 0.05; done', {
			stopTimeoutMs: 1_000,
		});
		await supervised([stubborn]).start();
		await until(() => events.some((event) => event.type === 'line'));
		await supervisor?.stop();
		expect(events.map(({ type }) => type)).toContain('killed');
		expect(findOwnedProcesses(home.root)).toEqual([]);
	});

	test('ends a start that is under way', async () => {
		const never = { checkReady: () => Promise.reject(new Error('not ready')), readyTimeoutMs: 60_000 };
		const started = supervised([
			shell('a', 'exec sleep 60', never),
			shell('b', 'exec sleep 60', { dependsOn: ['a'] }),
		]).start();
		await until(() => existsSync(pidFile(home, 'a')));
		await supervisor?.stop();
		await started;
		expect(existsSync(logFile(home, 'b'))).toBe(false);
	});
});

test('a supervisor that is killed takes its processes with it', async () => {
	const child = spawn(
		process.execPath,
		[join(import.meta.dirname, 'fixtures', 'supervise-sleep.ts'), home.root],
		{
			stdio: ['ignore', 'pipe', 'inherit'],
		},
	);
	await once(child.stdout, 'data');
	await until(() => findOwnedProcesses(home.root).length === 1);
	// it may close before the last of its processes is gone
	const closed = once(child, 'close');
	child.kill('SIGKILL');
	await until(() => findOwnedProcesses(home.root).length === 0);
	await closed;
});
