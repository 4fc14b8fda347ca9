import { createPublicKey, randomBytes } from 'node:crypto';
import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import jwt from 'jsonwebtoken';
import request from 'supertest';
import { pruneSigningKeys } from '../src/data/housekeeping.ts';
import { createSigningKeyStore } from '../src/data/signing-keys.ts';
import { nextKey, rotateOldKey } from '../src/domain/rotate-keys.ts';
import { makeSigningKey, WrongEncryptionKeyError } from '../src/domain/signing-key.ts';
import { type AuthService, startAuth } from './support/auth-service.ts';
import { signAsWorker } from './support/callers.ts';
import { newInstanceId } from './support/fake-gateway.ts';
import { call, register, signIn } from './support/requests.ts';

let auth: AuthService;

beforeEach(async () => {
	auth = await startAuth();
});

afterEach(() => auth.close());

async function publishedKeys(app = auth.app): Promise<{ kid: string }[]> {
	return (await call(app, 'get', '/internal/jwks').expect(200)).body.keys;
}

describe('the signing key', () => {
	test('is made at the first boot and is the same for every replica after it', async () => {
		const replica = await auth.startReplica();
		const keys = await publishedKeys();
		expect(keys).toHaveLength(1);
		expect(await publishedKeys(replica)).toEqual(keys);
		const { token } = await register(replica);
		expect(jwt.decode(token, { complete: true })?.header).toMatchObject({ alg: 'ES256', kid: keys[0]?.kid });
	});

	test('is made once by replicas that boot first at the same moment', async () => {
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

	test('that was encrypted with another key keeps the service from starting', async () => {
		const otherKey = randomBytes(32).toString('base64');
		await expect(auth.startReplica({ AUTH_KEY_ENCRYPTION_KEY: otherKey })).rejects.toThrow(
			WrongEncryptionKeyError,
		);
		expect(await auth.prisma.signingKey.count()).toBe(1);
	});
});

describe('the published keys', () => {
	test('are all that tokens in use may be signed with, and none that has expired', async () => {
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
		const store = createSigningKeyStore(auth.prisma);
		expect((await store.loadOrInsert(() => retiring)).kid).toBe(current?.kid);
	});

	test('are not for callers without a use for them', async () => {
		await request(auth.app).get('/internal/jwks').set(IDENTITY_HEADER, signAsWorker()).expect(401);
		await request(auth.app).get('/internal/jwks').expect(401);
	});

	test('show nothing private', async () => {
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

/** The keys as an operator's command has them, with the encryption key of the service. */
function operate() {
	const keys = createSigningKeyStore(auth.prisma);
	const encryptionKey = Buffer.from(auth.encryptionKey, 'base64');
	const rules = { encryptionKey, tokenTtlSeconds: TTL_SECONDS };
	return { keys, rules, next: (signsInSeconds: number) => nextKey(rules, signsInSeconds) };
}

/** As if so much time had passed for the keys. */
async function letPass(seconds: number): Promise<void> {
	await auth.prisma.$executeRaw`
		UPDATE signing_keys SET signs_from = signs_from - make_interval(secs => ${seconds}::float8),
			expires_at = expires_at - make_interval(secs => ${seconds}::float8)`;
}

describe('the next key', () => {
	test('is published before it signs, and then every replica signs with it, without a restart', async () => {
		const replica = await auth.startReplica();
		const [first = ''] = await publishedIds();
		const { keys, next } = operate();
		const second = await keys.rotate(next(180));
		expect((await publishedIds(replica)).sort()).toEqual([first, second].sort());
		expect([await kidOfNewToken(), await kidOfNewToken(replica)]).toEqual([first, first]);
		await letPass(180);
		expect([await kidOfNewToken(), await kidOfNewToken(replica)]).toEqual([second, second]);
	});

	test('leaves the last one published until the last token of it has expired', async () => {
		const [first = ''] = await publishedIds();
		const { keys, next } = operate();
		await keys.rotate(next(180));
		await letPass(180 + TTL_SECONDS);
		expect(await publishedIds()).toContain(first);
		await letPass(601);
		expect(await publishedIds()).not.toContain(first);
	});

	test('leaves it for longer when tokens were made to live longer', async () => {
		const { sessionId } = await register(auth.app);
		const expiresAt = new Date(Date.now() + 2 * TTL_SECONDS * 1000);
		await auth.prisma.session.update({ where: { id: sessionId }, data: { expiresAt } });
		const [first = ''] = await publishedIds();
		const { keys, next } = operate();
		await keys.rotate(next(0));
		await letPass(TTL_SECONDS + 700);
		expect(await publishedIds()).toContain(first);
	});

	test('is told to gateways with their lease', async () => {
		const { keys, next } = operate();
		await keys.rotate(next(180));
		const answer = await call(auth.app, 'put', `/internal/gateways/${newInstanceId()}/lease`)
			.send({ callback_url: 'http://127.0.0.1:1' })
			.expect(200);
		expect(answer.body.data.key_ids).toEqual(await publishedIds());
		expect(answer.body.data.key_ids).toHaveLength(2);
	});

	test('is added once when many would add it at once because the last is old, and not before', async () => {
		const { keys, rules } = operate();
		const silent = { debug() {}, info() {}, warn() {}, error() {} };
		const deps = { signingKeys: keys, ...rules, keyDays: 90, logger: silent };
		await rotateOldKey(deps);
		expect(await publishedIds()).toHaveLength(1);
		await letPass(90 * 24 * 3600);
		await Promise.all([1, 2, 3].map(() => rotateOldKey(deps)));
		expect(await publishedIds()).toHaveLength(2);
	});

	test('is kept as a security event', async () => {
		const { keys, next } = operate();
		await keys.rotate(next(0));
		const events = await auth.prisma.securityEvent.findMany();
		expect(events.map(({ kind }) => kind)).toEqual(['signing_key_rotated']);
	});
});

describe('a key that somebody else may have', () => {
	test('is not published from its retirement on, and another signs at once', async () => {
		const [first = ''] = await publishedIds();
		const { keys, next } = operate();
		expect(await keys.retire(first, next(180))).toBe(true);
		const ids = await publishedIds();
		expect(ids).toHaveLength(1);
		expect(ids).not.toContain(first);
		expect(await kidOfNewToken()).toBe(ids[0]);
	});

	test('that is to be replaced soon is replaced now', async () => {
		const [first = ''] = await publishedIds();
		const { keys, next } = operate();
		const second = await keys.rotate(next(180));
		await keys.retire(first, next(180));
		expect(await publishedIds()).toEqual([second]);
		expect(await kidOfNewToken()).toBe(second);
	});

	test('that has replaced another leaves the signing to the next one, and not to the one from before', async () => {
		const { keys, next } = operate();
		const second = await keys.rotate(next(0));
		const third = await keys.rotate(next(180));
		await keys.retire(second ?? '', next(180));
		expect(await kidOfNewToken()).toBe(third);
		expect(await publishedIds()).toHaveLength(2);
	});

	test('that does not sign yet is replaced, and the last one signs until then', async () => {
		const [first = ''] = await publishedIds();
		const { keys, next } = operate();
		const second = await keys.rotate(next(180));
		await keys.retire(second ?? '', next(180));
		const ids = await publishedIds();
		expect(ids).toHaveLength(2);
		expect(ids).not.toContain(second);
		expect(await kidOfNewToken()).toBe(first);
		await letPass(180);
		expect(ids.filter((kid) => kid !== first)).toEqual([await kidOfNewToken()]);
	});

	test('that has been replaced is retired without another, and nobody else is signed out', async () => {
		const [first = ''] = await publishedIds();
		const { keys, next } = operate();
		const second = await keys.rotate(next(0));
		await keys.retire(first, next(180));
		expect(await publishedIds()).toEqual([second]);
		const person = await register(auth.app);
		await signIn(auth.app, person);
	});

	test('is retired once, and an unknown one never', async () => {
		const [first = ''] = await publishedIds();
		const { keys, next } = operate();
		await keys.retire(first, next(180));
		expect(await keys.retire(first, next(180))).toBe(false);
		expect(await keys.retire('unknown', next(180))).toBe(false);
		expect(await publishedIds()).toHaveLength(1);
		const events = await auth.prisma.securityEvent.findMany();
		expect(events.map(({ kind }) => kind)).toEqual(['signing_key_retired']);
	});

	test('goes from the database a day after its end', async () => {
		const [first = ''] = await publishedIds();
		const { keys, next } = operate();
		await keys.retire(first, next(0));
		await pruneSigningKeys(auth.prisma);
		expect(await auth.prisma.signingKey.count()).toBe(2);
		await letPass(24 * 3600 + 1);
		await pruneSigningKeys(auth.prisma);
		expect(await auth.prisma.signingKey.count()).toBe(1);
	});
});
