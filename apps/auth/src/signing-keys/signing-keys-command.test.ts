import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { UsageError } from '@creatorr/service/operator-command';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { runKeysCommand } from './signing-keys-command.ts';

const KEYS = fileURLToPath(new URL('../keys.ts', import.meta.url));

// A command that is a process of its own takes its time to start on a busy machine.
jest.setTimeout(180_000);

let auth: AuthService;

beforeAll(async () => {
	auth = await startAuth();
});

afterAll(() => auth.close());

/** Runs a command in this process and returns what it printed. */
async function run(...args: string[]): Promise<string> {
	const lines: string[] = [];
	const keyRules = {
		encryptionKey: Buffer.from(auth.encryptionKey, 'base64'),
		tokenTtlSeconds: 7 * 24 * 3_600,
	};
	const print = (line: string) => lines.push(`${line}\n`);
	await runKeysCommand({ prisma: auth.prisma, keyRules, print }, args);
	return lines.join('');
}

/** As an operator runs it, with the environment of the service. */
async function runProcess(...args: string[]): Promise<string> {
	const env = { PATH: process.env.PATH, ...auth.environment };
	return (await promisify(execFile)(process.execPath, [KEYS, ...args], { env })).stdout;
}

describe('the command for signing keys', () => {
	test('lists, adds and retires keys', async () => {
		const [first = ''] = /^\S+/.exec(await run('list')) ?? [];
		expect(await run('list')).toMatch(/^\S+ {2}created \S+ {2}signs\n$/);
		const [second = ''] = /^\S+/.exec(await run('rotate', '--signs-in', '0')) ?? [];
		const listed = (await run('list')).split('\n');
		expect(listed[0]).toMatch(new RegExp(`^${second} .* signs$`));
		expect(listed[1]).toMatch(new RegExp(`^${first} .* verifies until`));
		expect(await run('retire', first)).toBe(`${first} is retired.\n`);
		expect((await run('list')).split('\n')[1]).toMatch(new RegExp(`^${first} .* ended`));
		expect(await auth.prisma.signingKey.count()).toBe(2);
	});

	test('adds a key that signs in three minutes by default', async () => {
		const [kid = ''] = /^\S+/.exec(await run('rotate')) ?? [];
		const { signsFrom } = await auth.prisma.signingKey.findUniqueOrThrow({ where: { kid } });
		expect(Math.abs(signsFrom.getTime() - Date.now() - 180_000)).toBeLessThan(30_000);
		expect(await run('list')).toContain(`signs from ${signsFrom.toISOString()}`);
	});

	test.each([
		['no command', [], /node apps\/auth\/src\/keys\.ts rotate/],
		['a key that is unknown', ['retire', 'x'], /No such active key: x\./],
		['a time that is none', ['rotate', '--signs-in', 'soon'], /whole number of seconds/],
		['an unknown option', ['rotate', '--now'], /--now/],
	])('refuses %s and says why', async (_, args, said) => {
		const refused = run(...args);
		await expect(refused).rejects.toThrow(said);
		await expect(refused).rejects.toBeInstanceOf(UsageError);
	});

	test('prints to standard output, and exits with 1 when it refuses', async () => {
		expect(await runProcess('list')).toMatch(/^\S+ {2}created /);
		const refusal = { code: 1, stdout: '', stderr: 'No such active key: x.\n' };
		await expect(runProcess('retire', 'x')).rejects.toMatchObject(refusal);
	});
});
