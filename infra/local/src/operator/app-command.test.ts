import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { pidFile } from '../supervisor/home.ts';
import { ownershipMark } from '../supervisor/ownership.ts';
import { temporaryHome } from '../testing/temporary.ts';
import { environmentOf } from './app-command.ts';

const home = temporaryHome();

/** Returns what is read of a process that a pid file of this home names. */
async function readEnvironment(env: Record<string, string>): Promise<Record<string, string> | undefined> {
	const child = spawn('sleep', ['60'], { env: { PATH: process.env.PATH ?? '', ...env } });
	await once(child, 'spawn');
	try {
		writeFileSync(pidFile(home(), 'jobs'), `${child.pid}\n`);
		return environmentOf(home(), 'jobs');
	} finally {
		child.kill('SIGKILL');
		await once(child, 'exit');
	}
}

describe('environmentOf', () => {
	test('returns the environment of an app of this home', async () => {
		expect(await readEnvironment({ ...ownershipMark(home().root), A: 'b=c' })).toMatchObject({ A: 'b=c' });
	});

	test('returns undefined for a process that only has the pid of an app that ended', async () => {
		expect(await readEnvironment({ A: 'b=c' })).toBeUndefined();
		expect(await readEnvironment({ ...ownershipMark(`${home().root}-other`), A: 'b=c' })).toBeUndefined();
	});

	test('returns undefined for an app without a process', () => {
		expect(environmentOf(home(), 'jobs')).toBeUndefined();
	});
});
