import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, jest, test } from '@jest/globals';
import { temporaryDirectory } from '../src/testing/temporary.ts';

// A process takes its time to start on a busy machine.
jest.setTimeout(60_000);

const home = temporaryDirectory();

const run = (command: string, ...args: string[]) => {
	const path = join(import.meta.dirname, '..', 'src', `${command}.ts`);
	const env = { PATH: process.env.PATH, CREATORR_HOME: home() };
	return promisify(execFile)(process.execPath, ['--no-warnings', path, ...args], { env });
};

test.each(['admin', 'dlq'])('npm run %s shows its usage, also when nothing runs', async (command) => {
	const usage = expect.stringContaining(`npm run ${command} -- `);
	expect((await run(command, '--help')).stdout).toEqual(usage);
	await expect(run(command)).rejects.toMatchObject({ code: 2, stderr: usage });
});

test('npm run status explains its options, and rejects unknown ones in one line', async () => {
	expect((await run('status', '--help')).stdout).toContain('--json');
	const stderr = expect.stringMatching(/^Unknown option '--all'.*\n$/);
	await expect(run('status', '--all')).rejects.toMatchObject({ code: 2, stderr });
});

test.each(['reset', 'stop'])(
	'npm run %s refuses arguments, such as --help, and changes nothing',
	async (command) => {
		const file = join(home(), 'secrets.json');
		writeFileSync(file, '{}');
		const stderr = expect.stringContaining(`npm run ${command} has no options`);
		await expect(run(command, '--help')).rejects.toMatchObject({ code: 2, stdout: '', stderr });
		expect(existsSync(file)).toBe(true);
	},
);

test('a command that needs the product says that it isn’t running', async () => {
	const stderr = expect.stringContaining('creatorr isn’t running in');
	await expect(run('dlq', 'list')).rejects.toMatchObject({ code: 1, stderr });
});

test.each([
	[['remove', 'x'], 'Unknown command: remove.'],
	[['suspend'], 'suspend needs a USER.'],
	[['user', 'a', 'b'], 'user takes one USER.'],
])('npm run admin -- %j says what is wrong and names its help', async (args, message) => {
	const stderr = `${message} See \`npm run admin -- --help\`.\n`;
	await expect(run('admin', ...args)).rejects.toMatchObject({ code: 2, stderr });
});
