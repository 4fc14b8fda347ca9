import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { accountSuspended, accountUnsuspended } from '@creatorr/contracts/events';
import { connectBroker } from '@creatorr/messaging/connection';
import { startConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import { createIdentitySigner } from '@creatorr/service/identity';
import { CommandError, runCommand } from '@creatorr/service/operator-command';
import { silent } from '@creatorr/testing/silent';
import { waitFor } from '@creatorr/testing/wait-for';
import { describe, expect, jest, test } from '@jest/globals';
import { createChangePropagator } from '../gateway-leases/propagate-changes.ts';
import { newSession } from '../sessions/session-token.ts';
import { openSession } from '../sign-in/sign-in.sql.ts';
import { setUpAccountAtGateway } from '../testing/account-at-gateway.ts';
import { privateKeyOf } from '../testing/callers.ts';
import { rejectAsOtherInstance, startGateway } from '../testing/fake-gateway.ts';
import { mailsTo, RESET, untilAllSent } from '../testing/mails.ts';
import { call, isAlive, login, newEmail, PASSWORD, register, signIn } from '../testing/requests.ts';
import { adminCommands, HELP } from './admin-command.ts';
import { suspendAccount } from './suspend-account.ts';
import { unsuspend as unsuspendAccount } from './suspensions.sql.ts';

const ADMIN = fileURLToPath(new URL('../admin.ts', import.meta.url));
const WHY = ['--reason', 'sends spam', '--by', 'ada'];

// Starting a command takes long on a busy machine.
jest.setTimeout(180_000);

const scene = setUpAccountAtGateway();

function run(...args: string[]): Promise<string> {
	const sign = createIdentitySigner('auth', privateKeyOf('auth'));
	const { prisma } = scene.auth;
	const propagate = createChangePropagator({ prisma, sign, onFenced: () => undefined });
	return runCommand({ args, help: HELP, commands: adminCommands({ prisma, propagate }) });
}

/** Runs a command as an operator does, with the service's environment, and crashes it on order. */
async function runProcess(args: string[], order = '', settings = {}) {
	const env = { PATH: process.env.PATH, ...scene.auth.environment, CRASH_ORDER_FILE: order, ...settings };
	const node = ['--conditions=crash-test', ADMIN, ...args];
	return await promisify(execFile)(process.execPath, node, { env });
}

describe('the accounts command', () => {
	test('shows an account by email or id without secrets, and records that', async () => {
		const person = await register(scene.auth.app);
		const { stdout } = await runProcess(['user', person.id, '--json', '--by', 'ada']);
		const report = JSON.parse(stdout);
		expect(report).toMatchObject({
			id: person.id,
			email: person.email,
			plan: 'free',
			suspended_at: null,
			sessions: [{ id: person.sessionId }],
		});
		const { passwordHash } = await scene.auth.prisma.user.findUniqueOrThrow({ where: { id: person.id } });
		for (const secret of [passwordHash, person.token]) expect(JSON.stringify(report)).not.toContain(secret);
		const shown = await run('user', ` ${person.email.toUpperCase()}`, '--by', 'bob');
		expect(shown).toMatch(new RegExp(`^id +${person.id}$`, 'm'));
		expect(shown).toMatch(/account_viewed .* ada/);
		const events = await scene.auth.prisma.securityEvent.findMany({ where: { kind: 'account_viewed' } });
		expect(events.map(({ operator, userId }) => [operator, userId])).toEqual([
			['ada', person.id],
			['bob', person.id],
		]);
	});

	test('recognizes an email that begins like an id', async () => {
		const email = `usr_${newEmail()}`;
		await call(scene.auth.app, 'post', '/v1/auth/register').send({ email, password: PASSWORD }).expect(201);
		expect(JSON.parse(await run('user', email, '--by', 'ada', '--json'))).toMatchObject({ email });
	});

	test('suspends and unsuspends an account', async () => {
		const person = await register(scene.auth.app);
		expect(JSON.parse(await run('suspend', person.email, ...WHY, '--json'))).toMatchObject({
			id: person.id,
			sessions_ended: 1,
		});
		expect(await isAlive(scene.auth.app, person.sessionId)).toBe(false);
		expect(scene.gateway.pushes.at(-1)?.session_ids).toEqual([person.sessionId]);
		await run('unsuspend', person.id, ...WHY);
		await expect(run('unsuspend', person.id, ...WHY)).rejects.toThrow(`${person.id} is not suspended`);
	});

	test('completes an interrupted suspension when it is run again', async () => {
		const person = await register(scene.auth.app);
		const directory = await mkdtemp(join(tmpdir(), 'auth-admin-'));
		const order = join(directory, 'order.json');
		await writeFile(order, JSON.stringify({ id: 'once', point: 'command.suspend.committed', hit: 1 }));
		const killed = runProcess(['suspend', person.id, ...WHY], order);
		await expect(killed).rejects.toMatchObject({ signal: 'SIGKILL' });
		await rm(directory, { recursive: true });
		expect(await isAlive(scene.auth.app, person.sessionId)).toBe(false);
		await run('suspend', person.id, ...WHY);
		expect(scene.gateway.pushes.at(-1)?.session_ids).toEqual([person.sessionId]);
		expect(await scene.auth.prisma.revocation.count({ where: { userId: person.id } })).toBe(0);
	});

	test('says in one sentence that it waits for a gateway', async () => {
		const person = await register(scene.auth.app);
		const other = await startGateway(scene.auth.app, rejectAsOtherInstance);
		const expiresAt = new Date(Date.now() + 5_000);
		await scene.auth.prisma.gatewayLease.update({ where: { id: other.instanceId }, data: { expiresAt } });
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
		const url = new URL(scene.auth.databaseUrl);
		url.port = '1';
		const shown = runProcess(['user', 'ada@example.com', '--by', 'ada'], '', { AUTH_DATABASE_URL: url.href });
		await expect(shown).rejects.toMatchObject({
			code: 1,
			stdout: '',
			stderr: expect.stringMatching(/^Postgres is temporarily unavailable\. .*127\.0\.0\.1:1\..*\n$/),
		});
	});
});

const BY = { name: 'ada', reason: 'sends spam' };

const suspend = (userId = scene.person.id) => {
	const sign = createIdentitySigner('auth', privateKeyOf('auth'));
	const { prisma } = scene.auth;
	const propagate = createChangePropagator({ prisma, sign, onFenced: () => undefined });
	return suspendAccount({ prisma, propagate }, { userId, by: BY });
};
const unsuspend = () => unsuspendAccount(scene.auth.prisma, { userId: scene.person.id, by: BY });
const forget = (email: string) => call(scene.auth.app, 'post', '/v1/auth/password/forgot').send({ email });
const reset = (token: string | undefined) =>
	call(scene.auth.app, 'post', '/v1/auth/password/reset').send({ token, new_password: 'battery staple' });
const eventsOf = (kind: string) =>
	scene.auth.prisma.securityEvent.findMany({
		where: { userId: scene.person.id, kind },
		orderBy: { id: 'asc' },
	});

describe('a suspended account', () => {
	test('has no sessions at any gateway when the command returns', async () => {
		const other = await signIn(scene.auth.app, scene.person);
		expect(await suspend()).toEqual({ since: expect.any(Date), revokedCount: 2, revokedKeyCount: 0 });
		expect(scene.gateway.pushes.at(-1)?.session_ids.toSorted()).toEqual(
			[scene.person.sessionId, other.sessionId].sort(),
		);
		expect(await isAlive(scene.auth.app, scene.person.sessionId)).toBe(false);
		expect(await isAlive(scene.auth.app, other.sessionId)).toBe(false);
		expect(await scene.auth.prisma.revocation.count()).toBe(0);
	});

	test('is published when it is suspended, also again, and when it is unsuspended', async () => {
		const broker = await connectBroker({ url: scene.auth.amqpUrl, name: 'test', logger: silent });
		const published: string[] = [];
		const consume = (queue: string, definition: typeof accountSuspended | typeof accountUnsuspended) =>
			startConsumer(broker, {
				queue,
				definition,
				prefetch: 1,
				logger: silent,
				handle: async ({ type, data }) => void (data.user_id === scene.person.id && published.push(type)),
			});
		const consumers = [
			consume(QUEUES.webhooksAccountSuspended, accountSuspended),
			consume(QUEUES.webhooksAccountUnsuspended, accountUnsuspended),
		];
		await suspend();
		await suspend();
		await unsuspend();
		await waitFor(() =>
			expect(published.sort()).toEqual(['account.suspended', 'account.suspended', 'account.unsuspended']),
		);
		await Promise.all(consumers.map((consumer) => consumer.stop()));
		await broker.close();
	});

	test('has no API keys at any gateway when the command returns', async () => {
		const { auth, gateway, person } = scene;
		const created = await call(auth.app, 'post', '/v1/keys', { person })
			.send({ name: 'a', scopes: ['jobs:read'] })
			.expect(201);
		expect(await suspend()).toMatchObject({ revokedCount: 1, revokedKeyCount: 1 });
		expect(gateway.pushes.at(-1)?.revoked_keys).toEqual([hash('sha256', created.body.data.key)]);
		await unsuspend();
		expect(await auth.prisma.apiKey.count({ where: { userId: person.id, revokedAt: null } })).toBe(0);
	});

	test('waits for the lease of a gateway that does not acknowledge', async () => {
		const deaf = await startGateway(scene.auth.app, rejectAsOtherInstance);
		await suspend();
		expect((await deaf.lease()).granted).toBe(false);
		await deaf.stop();
	});

	test('gets the same response for the right password as for a wrong one', async () => {
		const wrong = await login(scene.auth.app, scene.person.email, 'wrong password');
		await suspend();
		const right = await login(scene.auth.app, scene.person.email);
		const errorOf = ({ status, body }: typeof right) => [status, body.error.code, body.error.message];
		expect(errorOf(right)).toEqual(errorOf(wrong));
		expect(right.status).toBe(401);
	});

	test('delays the right password like wrong ones', async () => {
		await suspend();
		const statuses: number[] = [];
		for (let tries = 0; tries < 6; tries += 1)
			statuses.push((await login(scene.auth.app, scene.person.email, PASSWORD, '198.51.100.7')).status);
		expect(statuses).toEqual([...Array(5).fill(401), 429]);
	});

	test('keeps no session of concurrent sign-ins', async () => {
		await Promise.all([
			suspend(),
			...Array.from({ length: 8 }, () => login(scene.auth.app, scene.person.email)),
		]);
		const where = { userId: scene.person.id, revokedAt: null };
		expect(await scene.auth.prisma.session.count({ where })).toBe(0);
	});

	test('opens no session for a password that was checked before the suspension', async () => {
		const { passwordHash } = await scene.auth.prisma.user.findUniqueOrThrow({
			where: { id: scene.person.id },
		});
		await suspend();
		const client = { address: '192.0.2.1', userAgent: null };
		const rules = { tokenTtlSeconds: 60, signToken: async () => '' };
		const session = newSession(rules, scene.person.id, client);
		const owner = { userId: scene.person.id, verifiedHash: passwordHash };
		const where = { session, network: '192.0.2.1', noticesPerHour: 100 };
		const isOpened = await openSession(scene.auth.prisma, owner, where);
		expect(isOpened).toBe(false);
	});

	test('gets no password reset mail, with the usual response', async () => {
		await suspend();
		await forget(scene.person.email).expect(204);
		await untilAllSent(scene.auth);
		expect(await mailsTo(scene.auth, scene.person.email, { about: RESET, count: 0 })).toEqual([]);
	});

	test('rejects reset tokens from before the suspension', async () => {
		await forget(scene.person.email).expect(204);
		const [mail] = await mailsTo(scene.auth, scene.person.email, { about: RESET });
		await suspend();
		await reset(mail?.token).expect(400);
		await unsuspend();
		await reset(mail?.token).expect(400);
		await login(scene.auth.app, scene.person.email).expect(200);
	});

	test('rejects reset tokens created during the suspension', async () => {
		await forget(scene.person.email).expect(204);
		const [mail] = await mailsTo(scene.auth, scene.person.email, { about: RESET });
		const token = await scene.auth.prisma.mailedToken.findFirstOrThrow({
			where: { userId: scene.person.id, kind: 'reset_password' },
		});
		await suspend();
		await scene.auth.prisma.mailedToken.create({ data: token });
		await reset(mail?.token).expect(400);
	});

	test('keeps its email taken', async () => {
		await suspend();
		const taken = await call(scene.auth.app, 'post', '/v1/auth/register')
			.send({ email: scene.person.email, password: PASSWORD })
			.expect(409);
		expect(taken.body.error.code).toBe('email_taken');
	});

	test('keeps its date when it is suspended again', async () => {
		const first = await suspend();
		expect(await suspend()).toEqual({ since: first?.since, revokedCount: 0, revokedKeyCount: 0 });
	});

	test('allows sign-in after it is unsuspended, without its old sessions', async () => {
		await suspend();
		expect(await unsuspend()).toBe(true);
		expect(await unsuspend()).toBe(false);
		await login(scene.auth.app, scene.person.email).expect(200);
		expect(await isAlive(scene.auth.app, scene.person.sessionId)).toBe(false);
	});

	test('has events with operator and reason', async () => {
		await suspend();
		await unsuspend();
		for (const kind of ['account_suspended', 'account_unsuspended']) {
			expect(await eventsOf(kind)).toMatchObject([{ operator: BY.name, reason: BY.reason }]);
		}
	});

	test('does not affect other accounts', async () => {
		const other = await register(scene.auth.app);
		await suspend();
		expect(await isAlive(scene.auth.app, other.sessionId)).toBe(true);
		await login(scene.auth.app, other.email).expect(200);
		expect(await suspend('usr_01ARZ3NDEKTSV4RRFFQ69G5FAV')).toBeNull();
	});
});
