import { createPublicKey, randomBytes } from 'node:crypto';
import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import jwt from 'jsonwebtoken';
import request from 'supertest';
import { createSigningKeyStore } from '../src/data/signing-keys.ts';
import { makeSigningKey, WrongEncryptionKeyError } from '../src/domain/signing-key.ts';
import { type AuthService, startAuth } from './support/auth-service.ts';
import { signAsWorker } from './support/callers.ts';
import { call, register } from './support/requests.ts';

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
				{ ...retiring, expiresAt: new Date(Date.now() + 60_000) },
				{ ...expired, expiresAt: new Date(Date.now() - 60_000) },
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
