import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { removeAbandonedHomes, TEST_HOME_PREFIX } from './abandoned-homes.ts';

const LOCK = join(import.meta.dirname, '..', 'supervisor', 'lock.ts');

let base: string;
let home: string;

beforeEach(() => {
	base = realpathSync(mkdtempSync(join(tmpdir(), 'homes-')));
	home = join(base, `${TEST_HOME_PREFIX}one`);
	mkdirSync(join(home, 'run'), { recursive: true });
});

afterEach(() => rmSync(base, { recursive: true }));

test('a home whose supervisor is gone is removed', async () => {
	await removeAbandonedHomes(base);
	expect(existsSync(home)).toBe(false);
});

test('a home whose supervisor is too busy to answer is left alone', async () => {
	const hold = `
		import { holdLock } from ${JSON.stringify(LOCK)};
		await holdLock(${JSON.stringify(home)}, () => ({ pid: process.pid, url: null, processes: [] }));
		console.log('held');
		setInterval(() => undefined, 1_000);`;
	const args = ['--no-warnings', '--input-type=module', '--eval', hold];
	const supervisor = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
	try {
		await once(supervisor.stdout, 'data');
		supervisor.kill('SIGSTOP');
		await removeAbandonedHomes(base);
		expect(existsSync(home)).toBe(true);
	} finally {
		supervisor.kill('SIGKILL');
	}
});
