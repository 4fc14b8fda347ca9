import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { acquireLock } from '../supervisor/lock.ts';
import { ownershipMark } from '../supervisor/ownership.ts';
import { temporaryHome } from '../testing/temporary.ts';
import { environmentOf } from './app-command.ts';

const home = temporaryHome();
const children: ChildProcess[] = [];
afterEach(async () => {
	await Promise.all(
		children.splice(0).map(async (child) => {
			const ended = once(child, 'exit');
			child.kill('SIGKILL');
			await ended;
		}),
	);
});

async function start(env: Record<string, string>): Promise<number | null> {
	const child = spawn('sleep', ['60'], { env: { PATH: process.env.PATH ?? '', ...env } });
	await once(child, 'spawn');
	children.push(child);
	return child.pid ?? null;
}

/** Reads the environment of jobs in a home whose status lists these pids as its replicas. */
async function readEnvironment(...pids: (number | null)[]): Promise<Record<string, string>> {
	const processes = pids.map((pid, index) => {
		return { name: index === 0 ? 'jobs' : `jobs-${index + 1}`, state: 'ready' as const, pid, restarts: 0 };
	});
	await acquireLock(home().root, () => ({ pid: process.pid, url: null, processes }));
	return await environmentOf(home().root, 'jobs');
}

describe('environmentOf', () => {
	test('returns the environment of any replica, also values with "="', async () => {
		const pid = await start({ ...ownershipMark(home().root), A: 'b=c' });
		expect(await readEnvironment(null, pid)).toMatchObject({ A: 'b=c' });
	});

	test('rejects for a process that only has the pid of an app that ended', async () => {
		const pids = [await start({}), await start(ownershipMark(`${home().root}-other`))];
		await expect(readEnvironment(...pids)).rejects.toThrow('jobs isn’t running');
	});
});
