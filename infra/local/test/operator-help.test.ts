import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

const SOURCES = resolve(import.meta.dirname, '../src');

// A process takes its time to start on a busy machine.
jest.setTimeout(60_000);

let home: string;

beforeAll(() => {
	home = mkdtempSync(join(tmpdir(), 'creatorr-operator-'));
});

afterAll(() => {
	rmSync(home, { recursive: true });
});

const run = (command: string, ...args: string[]) =>
	promisify(execFile)(process.execPath, ['--no-warnings', join(SOURCES, `${command}.ts`), ...args], {
		env: { PATH: process.env.PATH, CREATORR_HOME: home },
	});

describe.each(['admin', 'dlq'])('npm run %s where nothing runs', (command) => {
	test('says how it is called', async () => {
		expect((await run(command, '--help')).stdout).toContain(`npm run ${command} -- `);
	});

	test('takes no call of nothing, and says how it is called', async () => {
		const said = expect.stringContaining(`npm run ${command} -- `);
		await expect(run(command)).rejects.toMatchObject({ code: 2, stderr: said });
	});
});

test('a command that needs the product says that it does not run', async () => {
	const said = expect.stringContaining('creatorr isn’t running in');
	await expect(run('dlq', 'list')).rejects.toMatchObject({ code: 1, stderr: said });
});
