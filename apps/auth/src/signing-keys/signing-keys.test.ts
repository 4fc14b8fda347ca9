import { execFile } from 'node:child_process';
import { createPublicKey, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import { CommandError, runCommand, UsageError } from '@creatorr/service/operator-command';
import { silent } from '@creatorr/testing/silent';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import jwt from 'jsonwebtoken';
import request from 'supertest';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { signAsWorker } from '../testing/callers.ts';
import { newInstanceId } from '../testing/fake-gateway.ts';
import { call, register, signIn } from '../testing/requests.ts';
import { makeSigningKey, WrongEncryptionKeyError } from './signing-key.ts';
import { addNextKey, loadOrInsertSigningKey, pruneSigningKeys, retireKey } from './signing-keys.sql.ts';
import { nextKey, rotateSigningKey } from './signing-keys.ts';
import { HELP, signingKeysCommands } from './signing-keys-command.ts';

const NEVER = new AbortController().signal;
const KEYS = fileURLToPath(new URL('../signing-keys.ts', import.meta.url));

// Starting a command as a process takes long on a busy machine.
jest.setTimeout(180_000);

let auth: AuthService;

beforeAll(async () => {
	auth = await startAuth();
});

/** Restores the keys as after the first boot of the first replica. */
beforeEach(async () => {
	await auth.prisma.signingKey.deleteMany();
	await auth.prisma.session.deleteMany();
	await auth.prisma.securityEvent.deleteMany();
	await loadOrInsertSigningKey(auth.prisma, () => makeSigningKey(encryptionKey()));
});

afterAll(() => auth.close());

const encryptionKey = () => Buffer.from(auth.encryptionKey, 'base64');

async function publishedKeys(app = auth.app): Promise<{ kid: string }[]> {
	return (await call(app, 'get', '/internal/jwks').expect(200)).body.keys;
}

describe('the signing key', () => {
	test('is the same for every replica', async () => {
		const replica = await auth.startReplica();
		const keys = await publishedKeys();
		expect(keys).toHaveLength(1);
		expect(await publishedKeys(replica)).toEqual(keys);
		const { token } = await register(replica);
		expect(jwt.decode(token, { complete: true })?.header).toMatchObject({ alg: 'ES256', kid: keys[0]?.kid });
	});

	test('is made once by concurrent first boots', async () => {
		await auth.prisma.signingKey.deleteMany();
		const replicas = await Promise.all(Array.from({ length: 4 }, () => auth.startReplica()));
		const [key] = await publishedKeys();
		expect(await auth.prisma.signingKey.count()).toBe(1);
		for (const replica of replicas) {
			const { token } = await register(replica);
			const publicKey = createPublicKey({ key: { ...key }, format: 'jwk' });
			expect(() => jwt.verify(token, publicKey, { algorithms: ['ES256'] })).not.toThrow();
		}
	});

	test('that another key encrypted keeps the service from starting', async () => {
		const otherKey = randomBytes(32).toString('base64');
		await expect(auth.startReplica({ AUTH_KEY_ENCRYPTION_KEY: otherKey })).rejects.toThrow(
			WrongEncryptionKeyError,
		);
		expect(await auth.prisma.signingKey.count()).toBe(1);
	});
});

describe('the published keys', () => {
	test('include all keys that may have signed tokens in use, but no expired key', async () => {
		const [current] = await publishedKeys();
		const [retiring, expired] = [makeSigningKey(randomBytes(32)), makeSigningKey(randomBytes(32))];
		await auth.prisma.signingKey.createMany({
			data: [
				{ ...retiring, signsFrom: new Date(0), expiresAt: new Date(Date.now() + 60_000) },
				{ ...expired, signsFrom: new Date(0), expiresAt: new Date(Date.now() - 60_000) },
			],
		});
		const kids = (await publishedKeys()).map(({ kid }) => kid);
		expect(kids.sort()).toEqual([current?.kid, retiring.kid].sort());
		expect((await loadOrInsertSigningKey(auth.prisma, () => retiring)).kid).toBe(current?.kid);
	});

	test('are refused to other callers', async () => {
		await request(auth.app).get('/internal/jwks').set(IDENTITY_HEADER, signAsWorker()).expect(401);
		await request(auth.app).get('/internal/jwks').expect(401);
	});

	test('contain nothing private', async () => {
		expect(JSON.stringify(await publishedKeys())).not.toMatch(/"d":/);
	});
});

const TTL_SECONDS = 7 * 24 * 3600;

async function kidOfNewToken(app = auth.app): Promise<string> {
	const { token } = await register(app);
	return jwt.decode(token, { complete: true })?.header.kid ?? '';
}

async function publishedIds(app = auth.app): Promise<string[]> {
	return (await publishedKeys(app)).map(({ kid }) => kid);
}

/** Changes keys as an operator's command does, with the encryption key of the service. */
function operate() {
	const signingKeyRules = { encryptionKey: encryptionKey(), tokenTtlSeconds: TTL_SECONDS };
	return {
		signingKeyRules,
		rotate: (signsInSeconds: number) => addNextKey(auth.prisma, nextKey(signingKeyRules, signsInSeconds)),
		retire: (kid: string | null, signsInSeconds = 180) =>
			retireKey(auth.prisma, kid ?? '', nextKey(signingKeyRules, signsInSeconds)),
	};
}

/** Lets time pass for the keys. */
async function letPass(seconds: number): Promise<void> {
	await auth.prisma.$executeRaw`
		UPDATE signing_keys SET signs_from = signs_from - make_interval(secs => ${seconds}::float8),
			expires_at = expires_at - make_interval(secs => ${seconds}::float8)`;
}

describe('the next key', () => {
	test('is published before every replica signs with it, without a restart', async () => {
		const replica = await auth.startReplica();
		const [first = ''] = await publishedIds();
		const { rotate } = operate();
		const second = await rotate(180);
		expect((await publishedIds(replica)).sort()).toEqual([first, second].sort());
		expect([await kidOfNewToken(), await kidOfNewToken(replica)]).toEqual([first, first]);
		await letPass(180);
		expect([await kidOfNewToken(), await kidOfNewToken(replica)]).toEqual([second, second]);
	});

	test('leaves the last key published until its last token has expired', async () => {
		const [first = ''] = await publishedIds();
		const { rotate } = operate();
		await rotate(180);
		await letPass(180 + TTL_SECONDS);
		expect(await publishedIds()).toContain(first);
		await letPass(601);
		expect(await publishedIds()).not.toContain(first);
	});

	test('leaves the last key published for sessions that live longer', async () => {
		const { sessionId } = await register(auth.app);
		const expiresAt = new Date(Date.now() + 2 * TTL_SECONDS * 1000);
		await auth.prisma.session.update({ where: { id: sessionId }, data: { expiresAt } });
		const [first = ''] = await publishedIds();
		const { rotate } = operate();
		await rotate(0);
		await letPass(TTL_SECONDS + 700);
		expect(await publishedIds()).toContain(first);
	});

	test('is announced with each gateway lease', async () => {
		const { rotate } = operate();
		await rotate(180);
		const response = await call(auth.app, 'put', `/internal/gateways/${newInstanceId()}/lease`)
			.send({ callback_url: 'http://127.0.0.1:1' })
			.expect(200);
		expect(response.body.data.key_ids).toEqual(await publishedIds());
		expect(response.body.data.key_ids).toHaveLength(2);
	});

	test('is added once by concurrent rotations when the last is old, and not before', async () => {
		const deps = { ...operate(), prisma: auth.prisma, rotationDays: 90, logger: silent };
		const rotateOld = () => rotateSigningKey.run(deps, NEVER);
		await rotateOld();
		expect(await publishedIds()).toHaveLength(1);
		await letPass(90 * 24 * 3600);
		await Promise.all([1, 2, 3].map(() => rotateOld()));
		expect(await publishedIds()).toHaveLength(2);
	});

	test('is recorded as a security event', async () => {
		const { rotate } = operate();
		await rotate(0);
		const events = await auth.prisma.securityEvent.findMany();
		expect(events.map(({ kind }) => kind)).toEqual(['signing_key_rotated']);
	});
});

describe('a compromised key', () => {
	test('is unpublished when it is retired, and another signs at once', async () => {
		const [first = ''] = await publishedIds();
		const { retire } = operate();
		expect(await retire(first)).toBe(true);
		const ids = await publishedIds();
		expect(ids).toHaveLength(1);
		expect(ids).not.toContain(first);
		expect(await kidOfNewToken()).toBe(ids[0]);
	});

	test('is replaced at once when the next one is published already', async () => {
		const [first = ''] = await publishedIds();
		const { rotate, retire } = operate();
		const second = await rotate(180);
		await retire(first);
		expect(await publishedIds()).toEqual([second]);
		expect(await kidOfNewToken()).toBe(second);
	});

	test('is replaced by the next key and not by the previous one', async () => {
		const { rotate, retire } = operate();
		const second = await rotate(0);
		const third = await rotate(180);
		await retire(second);
		expect(await kidOfNewToken()).toBe(third);
		expect(await publishedIds()).toHaveLength(2);
	});

	test('is replaced when it does not sign yet, and the last one signs until then', async () => {
		const [first = ''] = await publishedIds();
		const { rotate, retire } = operate();
		const second = await rotate(180);
		await retire(second);
		const ids = await publishedIds();
		expect(ids).toHaveLength(2);
		expect(ids).not.toContain(second);
		expect(await kidOfNewToken()).toBe(first);
		await letPass(180);
		expect(ids.filter((kid) => kid !== first)).toEqual([await kidOfNewToken()]);
	});

	test('is retired without a new key when it was replaced already', async () => {
		const [first = ''] = await publishedIds();
		const { rotate, retire } = operate();
		const second = await rotate(0);
		await retire(first);
		expect(await publishedIds()).toEqual([second]);
		const person = await register(auth.app);
		await signIn(auth.app, person);
	});

	test('is retired only once, and an unknown key can’t be retired', async () => {
		const [first = ''] = await publishedIds();
		const { retire } = operate();
		await retire(first);
		expect(await retire(first)).toBe(false);
		expect(await retire('unknown')).toBe(false);
		expect(await publishedIds()).toHaveLength(1);
		const events = await auth.prisma.securityEvent.findMany();
		expect(events.map(({ kind }) => kind)).toEqual(['signing_key_retired']);
	});

	test('is deleted a day after its end', async () => {
		const [first = ''] = await publishedIds();
		const { retire } = operate();
		await retire(first, 0);
		await pruneSigningKeys.run(auth, NEVER);
		expect(await auth.prisma.signingKey.count()).toBe(2);
		await letPass(24 * 3600 + 1);
		await pruneSigningKeys.run(auth, NEVER);
		expect(await auth.prisma.signingKey.count()).toBe(1);
	});
});

/** Runs a command in this process and returns what it prints. */
function run(...args: string[]): Promise<string> {
	const signingKeyRules = {
		encryptionKey: encryptionKey(),
		tokenTtlSeconds: TTL_SECONDS,
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
		['no command', [], /node apps\/auth\/src\/signing-keys\.ts rotate/, UsageError],
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
