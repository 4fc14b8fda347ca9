import {
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	realpathSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Home, logFile } from '../supervisor/home.ts';
import { StartError } from '../supervisor/start-error.ts';
import { withTestHome } from './test-home.ts';

const HOME_BEFORE = process.env.CREATORR_HOME;

let base: string;

beforeEach(() => {
	base = realpathSync(mkdtempSync(join(tmpdir(), 'homes-')));
	process.env.CREATORR_HOME = base;
});

afterEach(() => {
	if (HOME_BEFORE === undefined) delete process.env.CREATORR_HOME;
	else process.env.CREATORR_HOME = HOME_BEFORE;
	rmSync(base, { recursive: true });
});

const writeLog = (home: Home) => writeFileSync(logFile(home, 'a'), 'why it failed\n');

test('a process that does not start leaves its log where the message says', async () => {
	const failing = withTestHome(async ({ home }) => {
		writeLog(home);
		throw new StartError(`a can’t start. See ${logFile(home, 'a')}`);
	});
	const { message } = await failing.then(
		() => new Error('it started'),
		(error: Error) => error,
	);
	const [path = ''] = /\S+\.log$/.exec(message) ?? [];
	expect(readFileSync(path, 'utf8')).toBe('why it failed\n');
});

test('whatever is thrown leaves the logs, under the name that was asked for', async () => {
	const failure = new TypeError('of nobody’s home');
	const failing = withTestHome(
		async ({ home }) => {
			writeLog(home);
			throw failure;
		},
		{ logsName: 'chaos-logs' },
	);
	await expect(failing).rejects.toBe(failure);
	expect(readFileSync(join(base, 'chaos-logs', 'a.log'), 'utf8')).toBe('why it failed\n');
});

test('nothing but kept logs is left of a home', async () => {
	const root = await withTestHome(async ({ home }) => home.root);
	expect(existsSync(root)).toBe(false);
	await withTestHome(async ({ keepLogs }) => keepLogs());
	expect(readdirSync(base)).toEqual(['test-logs']);
});
