import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CommandError, runCommand, UsageError } from '@creatorr/service/operator-command';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { HELP, signingKeysCommands } from './signing-keys-command.ts';

const KEYS = fileURLToPath(new URL('../keys.ts', import.meta.url));

// Starting a command as a process takes long on a busy machine.
jest.setTimeout(180_000);

let auth: AuthService;

beforeAll(async () => {
	auth = await startAuth();
});

afterAll(() => auth.close());

/** Runs a command in this process and returns what it prints. */
function run(...args: string[]): Promise<string> {
	const signingKeyRules = {
		encryptionKey: Buffer.from(auth.encryptionKey, 'base64'),
		tokenTtlSeconds: 7 * 24 * 3_600,
	};
	return runCommand({
		args,
		help: HELP,
		commands: signingKeysCommands({ prisma: auth.prisma, signingKeyRules }),
	});
}

/** Runs a command in this process and returns its report. */
async function reportOf(...args: string[]) {
	return JSON.parse(await run(...args, '--by', 'ada', '--json'));
}

async function list(): Promise<{ kid: string; state: string }[]> {
	return (await reportOf('list')).keys;
}

/** Runs `list` as an operator does, with the environment of the service. */
function runProcess(overrides: NodeJS.ProcessEnv = {}) {
	const env = { PATH: process.env.PATH, ...auth.environment, ...overrides };
	return promisify(execFile)(process.execPath, ['--no-warnings', KEYS, 'list'], { env });
}

describe('the command for signing keys', () => {
	test('lists, adds and retires keys', async () => {
		const [first] = await list();
		expect(first).toMatchObject({ kid: expect.any(String), state: 'signs' });
		const { kid } = await reportOf('rotate', '--signs-in', '0');
		expect(await list()).toMatchObject([
			{ kid, state: 'signs' },
			{ kid: first?.kid, state: expect.stringMatching(/^verifies until /) },
		]);
		expect(await reportOf('retire', first?.kid ?? '')).toEqual({ kid: first?.kid, state: 'ended' });
		expect((await list())[1]?.state).toMatch(/^ended /);
		expect(await auth.prisma.signingKey.count()).toBe(2);
		const events = await auth.prisma.securityEvent.findMany({ orderBy: { id: 'asc' } });
		expect(events.map(({ kind, operator }) => [kind, operator])).toEqual([
			['signing_key_rotated', 'ada'],
			['signing_key_retired', 'ada'],
		]);
	});

	test('adds a key that signs in three minutes by default', async () => {
		const { kid } = await reportOf('rotate');
		const { signsFrom } = await auth.prisma.signingKey.findUniqueOrThrow({ where: { kid } });
		expect(Math.abs(signsFrom.getTime() - Date.now() - 180_000)).toBeLessThan(30_000);
		expect((await list())[0]).toMatchObject({ kid, state: `signs from ${signsFrom.toISOString()}` });
	});

	test.each([
		['no command', [], /node apps\/auth\/src\/keys\.ts rotate/, UsageError],
		['an unknown key', ['retire', 'x', '--by', 'ada'], /^No such active key: x\.$/, CommandError],
		['a time that is not a number', ['rotate', '--signs-in', 'soon'], /whole number of seconds/, UsageError],
		['an unknown option', ['rotate', '--now'], /--now/, UsageError],
	])('refuses %s and says why', async (_, args, message, kind) => {
		const refused = run(...args);
		await expect(refused).rejects.toThrow(message);
		await expect(refused).rejects.toBeInstanceOf(kind);
	});

	test('prints to standard output', async () => {
		expect((await runProcess()).stdout).toMatch(/^ +\S+ +\S+ +signs$/m);
	});

	test('says in one line, without a stack, that Postgres is down', async () => {
		const url = new URL(auth.databaseUrl);
		url.port = '1';
		await expect(runProcess({ AUTH_DATABASE_URL: url.href })).rejects.toMatchObject({
			code: 1,
			stdout: '',
			stderr:
				"Postgres is temporarily unavailable. Try again in a moment. Cause: Can't reach database server at 127.0.0.1:1. If it lasts, see docs/runbooks/many-failures.md.\n",
		});
	});
});
