import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Home, openHome, pidFile } from '../supervisor/home.ts';
import { ownershipMark } from '../supervisor/ownership.ts';
import { environmentOf } from './app-environment.ts';

let home: Home;

beforeEach(() => {
	home = openHome(mkdtempSync(join(tmpdir(), 'creatorr-environment-')));
});

afterEach(() => {
	rmSync(home.root, { recursive: true });
});

/** What is found of a process that a pid file of this home names. */
async function foundOf(env: Record<string, string>): Promise<NodeJS.ProcessEnv | undefined> {
	const child = spawn('sleep', ['60'], { env: { PATH: process.env.PATH ?? '', ...env } });
	await once(child, 'spawn');
	try {
		writeFileSync(pidFile(home, 'jobs'), `${child.pid}\n`);
		return environmentOf(home, 'jobs');
	} finally {
		child.kill('SIGKILL');
		await once(child, 'exit');
	}
}

test('an app of this home lends its environment', async () => {
	expect(await foundOf({ ...ownershipMark(home.root), A: 'b=c' })).toMatchObject({ A: 'b=c' });
});

test('whoever has got the pid of an app that has ended lends none', async () => {
	expect(await foundOf({ A: 'b=c' })).toBeUndefined();
	expect(await foundOf({ ...ownershipMark(`${home.root}-other`), A: 'b=c' })).toBeUndefined();
});

test('an app that has no process lends none', () => {
	expect(environmentOf(home, 'jobs')).toBeUndefined();
});
