import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createIdentitySigner } from '@creatorr/service/identity';
import { CommandError, runCommand } from '@creatorr/service/operator-command';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createRevocationPropagator } from '../gateway-leases/propagate-revocations.ts';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { privateKeyOf } from '../testing/callers.ts';
import { type FakeGateway, rejectAsOtherInstance, startGateway } from '../testing/fake-gateway.ts';
import { call, isAlive, newEmail, PASSWORD, register } from '../testing/requests.ts';
import { adminCommands, HELP } from './admin-command.ts';

const ADMIN = fileURLToPath(new URL('../admin.ts', import.meta.url));
const WHY = ['--reason', 'sends spam', '--by', 'ada'];

// Starting a command takes long on a busy machine.
jest.setTimeout(180_000);

let auth: AuthService;
let gateway: FakeGateway;

beforeAll(async () => {
	auth = await startAuth();
	gateway = await startGateway(auth.app);
});

afterAll(async () => {
	await gateway.stop();
	await auth.close();
});

function run(...args: string[]): Promise<string> {
	const sign = createIdentitySigner('auth', privateKeyOf('auth'));
	const { prisma } = auth;
	const propagate = createRevocationPropagator({ prisma, sign, onFenced: () => undefined });
	return runCommand({ args, help: HELP, commands: adminCommands({ prisma, propagate }) });
}

/** Runs a command as an operator does, with the service's environment, and crashes it on order. */
async function runProcess(args: string[], order = '', settings = {}) {
	const env = { PATH: process.env.PATH, ...auth.environment, CRASH_ORDER_FILE: order, ...settings };
	const node = ['--conditions=crash-test', ADMIN, ...args];
	return await promisify(execFile)(process.execPath, node, { env });
}

describe('the accounts command', () => {
	test('shows an account by email or id without secrets, and records that', async () => {
		const person = await register(auth.app);
		const { stdout } = await runProcess(['user', person.id, '--json', '--by', 'ada']);
		const report = JSON.parse(stdout);
		expect(report).toMatchObject({
			id: person.id,
			email: person.email,
			plan: 'free',
			suspended_at: null,
			sessions: [{ id: person.sessionId }],
		});
		const { passwordHash } = await auth.prisma.user.findUniqueOrThrow({ where: { id: person.id } });
		for (const secret of [passwordHash, person.token]) expect(JSON.stringify(report)).not.toContain(secret);
		const shown = await run('user', ` ${person.email.toUpperCase()}`, '--by', 'bob');
		expect(shown).toMatch(new RegExp(`^id +${person.id}$`, 'm'));
		expect(shown).toMatch(/account_viewed .* ada/);
		const events = await auth.prisma.securityEvent.findMany({ where: { kind: 'account_viewed' } });
		expect(events.map(({ operator, userId }) => [operator, userId])).toEqual([
			['ada', person.id],
			['bob', person.id],
		]);
	});

	test('recognizes an email that begins like an id', async () => {
		const email = `usr_${newEmail()}`;
		await call(auth.app, 'post', '/v1/auth/register').send({ email, password: PASSWORD }).expect(201);
		expect(JSON.parse(await run('user', email, '--by', 'ada', '--json'))).toMatchObject({ email });
	});

	test('suspends and unsuspends an account', async () => {
		const person = await register(auth.app);
		expect(JSON.parse(await run('suspend', person.email, ...WHY, '--json'))).toMatchObject({
			id: person.id,
			sessions_ended: 1,
		});
		expect(await isAlive(auth.app, person.sessionId)).toBe(false);
		expect(gateway.pushes.at(-1)?.session_ids).toEqual([person.sessionId]);
		await run('unsuspend', person.id, ...WHY);
		await expect(run('unsuspend', person.id, ...WHY)).rejects.toThrow(`${person.id} is not suspended`);
	});

	test('completes an interrupted suspension when it is run again', async () => {
		const person = await register(auth.app);
		const directory = await mkdtemp(join(tmpdir(), 'auth-admin-'));
		const order = join(directory, 'order.json');
		await writeFile(order, JSON.stringify({ id: 'once', point: 'command.suspend.committed', hit: 1 }));
		const killed = runProcess(['suspend', person.id, ...WHY], order);
		await expect(killed).rejects.toMatchObject({ signal: 'SIGKILL' });
		await rm(directory, { recursive: true });
		expect(await isAlive(auth.app, person.sessionId)).toBe(false);
		await run('suspend', person.id, ...WHY);
		expect(gateway.pushes.at(-1)?.session_ids).toEqual([person.sessionId]);
		expect(await auth.prisma.revocation.count({ where: { userId: person.id } })).toBe(0);
	});

	test('says in one sentence that it waits for a gateway', async () => {
		const person = await register(auth.app);
		const other = await startGateway(auth.app, rejectAsOtherInstance);
		const expiresAt = new Date(Date.now() + 5_000);
		await auth.prisma.gatewayLease.update({ where: { id: other.instanceId }, data: { expiresAt } });
		const { stderr } = await runProcess(['suspend', person.id, ...WHY]);
		await other.stop();
		expect(stderr).toBe('A gateway doesn’t respond. Waiting until its lease has expired, at most 15 s.\n');
	});

	test.each([
		['user', ['nobody@example.com']],
		['suspend', ['usr_x', ...WHY]],
		['unsuspend', ['usr_x', ...WHY]],
	])('%s reports an unknown user', async (command, [user = '', ...options]) => {
		const refused = await run(command, user, ...options).catch((error: unknown) => error);
		expect(refused).toBeInstanceOf(CommandError);
		expect((refused as Error).message).toBe(`No such user: ${user}.`);
	});

	test('exits with 1 for an unknown user and 2 for wrong usage', async () => {
		const nobody = runProcess(['user', 'nobody@example.com', '--by', 'ada']);
		await expect(nobody).rejects.toMatchObject({ code: 1, stderr: 'No such user: nobody@example.com.\n' });
		await expect(runProcess([])).rejects.toMatchObject({ code: 2, stderr: HELP });
	});

	test('says in one line, without a stack, that Postgres is down', async () => {
		const url = new URL(auth.databaseUrl);
		url.port = '1';
		const shown = runProcess(['user', 'ada@example.com', '--by', 'ada'], '', { AUTH_DATABASE_URL: url.href });
		await expect(shown).rejects.toMatchObject({
			code: 1,
			stdout: '',
			stderr: expect.stringMatching(/^Postgres is temporarily unavailable\. .*127\.0\.0\.1:1\..*\n$/),
		});
	});
});
