import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, jest, test } from '@jest/globals';

// A process takes its time to start on a busy machine.
jest.setTimeout(60_000);

const home = mkdtempSync(join(tmpdir(), 'creatorr-operator-'));
afterAll(() => rmSync(home, { recursive: true }));

const run = (command: string, ...args: string[]) => {
	const path = join(import.meta.dirname, '..', 'src', `${command}.ts`);
	const env = { PATH: process.env.PATH, CREATORR_HOME: home };
	return promisify(execFile)(process.execPath, ['--no-warnings', path, ...args], { env });
};

test.each(['admin', 'dlq'])('npm run %s shows its usage, also when nothing runs', async (command) => {
	const usage = expect.stringContaining(`npm run ${command} -- `);
	expect((await run(command, '--help')).stdout).toEqual(usage);
	await expect(run(command)).rejects.toMatchObject({ code: 2, stderr: usage });
});

test('a command that needs the product says that it isn’t running', async () => {
	const stderr = expect.stringContaining('creatorr isn’t running in');
	await expect(run('dlq', 'list')).rejects.toMatchObject({ code: 1, stderr });
});
