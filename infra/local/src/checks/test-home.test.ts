import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CommandError } from '../supervisor/command-error.ts';
import { type Home, logFile } from '../supervisor/home.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { removeAbandonedHomes, withTestHome } from './test-home.ts';

const HOME_BEFORE = process.env.CREATORR_HOME;

const base = temporaryDirectory();
beforeEach(() => {
	process.env.CREATORR_HOME = base();
});
afterEach(() => {
	if (HOME_BEFORE === undefined) delete process.env.CREATORR_HOME;
	else process.env.CREATORR_HOME = HOME_BEFORE;
});

describe('withTestHome', () => {
	const writeLog = (home: Home) => writeFileSync(logFile(home, 'a'), 'why it failed\n');

	test('keeps the log of a process that does not start where the error says', async () => {
		const failing = withTestHome(async (home) => {
			writeLog(home);
			throw new CommandError(`a can’t start. See ${logFile(home, 'a')}`);
		});
		const message = await failing.then(() => '', String);
		const [path = ''] = /\S+\.log$/.exec(message) ?? [];
		expect(readFileSync(path, 'utf8')).toBe('why it failed\n');
	});

	test('keeps the logs of the last failure when the work is interrupted', async () => {
		mkdirSync(join(base(), 'test-logs'));
		writeFileSync(join(base(), 'test-logs', 'a.log'), 'why it failed\n');
		const interrupted = withTestHome(async () => {
			AbortSignal.abort().throwIfAborted();
		});
		await expect(interrupted).rejects.toMatchObject({ name: 'AbortError' });
		expect(readFileSync(join(base(), 'test-logs', 'a.log'), 'utf8')).toBe('why it failed\n');
	});

	test('leaves nothing behind but the logs of work that failed', async () => {
		const root = await withTestHome(async (home) => home.root);
		expect(existsSync(root)).toBe(false);
		await withTestHome(async () => undefined, { hasFailed: () => true });
		expect(readdirSync(base())).toEqual(['test-logs']);
	});
});

describe('removeAbandonedHomes', () => {
	const LOCK = join(import.meta.dirname, '..', 'supervisor', 'lock.ts');
	let home: string;
	beforeEach(() => {
		home = join(base(), 'test-one');
		mkdirSync(join(home, 'run'), { recursive: true });
	});

	test('leaves a home alone whose supervisor is too busy to answer', async () => {
		const hold = `
			import { acquireLock } from ${JSON.stringify(LOCK)};
			await acquireLock(${JSON.stringify(home)}, () => ({ pid: process.pid, url: null, processes: [] }));
			console.log('held');
			setInterval(() => undefined, 1_000);`;
		const args = ['--no-warnings', '--input-type=module', '--eval', hold];
		const supervisor = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
		try {
			await once(supervisor.stdout, 'data');
			supervisor.kill('SIGSTOP');
			await removeAbandonedHomes(base());
			expect(existsSync(home)).toBe(true);
		} finally {
			supervisor.kill('SIGKILL');
		}
	});
});
