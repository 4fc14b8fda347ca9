import { createHmac, type KeyObject } from 'node:crypto';
import { TOKEN_AUDIENCE, TOKEN_ISSUER } from '@creatorr/contracts/identity';
import { newId } from '@creatorr/contracts/ids';
import { describe, expect, test } from '@jest/globals';
import jwt from 'jsonwebtoken';
import { newKeys } from '../testing/keys.ts';
import { createSigningKeySet } from './signing-key-set.ts';
import { createTokenVerifier } from './verify-token.ts';

const good = newKeys();
const ids = { sub: newId('usr'), sid: newId('ses') };

function sign(claims: object = {}, options: jwt.SignOptions = {}, key: KeyObject = good.privateKey): string {
	const standard = {
		algorithm: 'ES256',
		keyid: 'a',
		issuer: TOKEN_ISSUER,
		audience: TOKEN_AUDIENCE,
	} as const;
	return jwt.sign({ ...ids, ...claims }, key, { ...standard, expiresIn: 60, ...options });
}

function withoutSignature(header: object): string {
	const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
	const exp = Math.floor(Date.now() / 1000) + 60;
	return `${part(header)}.${part({ ...ids, iss: TOKEN_ISSUER, aud: TOKEN_AUDIENCE, exp })}.`;
}

/** Signs with HMAC. The secret is the public key, which everybody knows. */
function signedByPublicKey(): string {
	const text = withoutSignature({ alg: 'HS256', kid: 'a' }).slice(0, -1);
	const secret = JSON.stringify(good.jwk('a'));
	return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

async function setUp() {
	const world = { keys: [good.jwk('a')], isDown: false, finds: 0 };
	const keys = createSigningKeySet({
		async load() {
			if (world.isDown) throw new Error('away');
			return { keys: world.keys };
		},
		monotonicMs: () => performance.now(),
		minIntervalMs: 0,
	});
	await keys.refresh();
	const find = (keyId: string) => {
		world.finds += 1;
		return keys.find(keyId);
	};
	const verifier = createTokenVerifier({ signingKeys: { ...keys, find }, capacity: 10 });
	const verify = async (token: string) => verifier.findCached(token) ?? (await verifier.verify(token));
	return { world, keys, verify };
}

const refused = expect.objectContaining({ code: 'unauthorized' });

describe('a token', () => {
	test('returns user, session and expiry', async () => {
		const { verify } = await setUp();
		const session = await verify(sign());
		expect(session).toMatchObject({ userId: ids.sub, credentialId: ids.sid });
		expect(session.expiresAtMs - Date.now()).toBeLessThanOrEqual(60_000);
	});

	test('is verified once', async () => {
		const { world, verify } = await setUp();
		const token = sign();
		await verify(token);
		const findsBefore = world.finds;
		await verify(token);
		expect(world.finds).toBe(findsBefore);
	});

	test.each([
		['garbage', 'x.y.z'],
		['no signature', withoutSignature({ alg: 'none', kid: 'a' })],
		['an empty signature', withoutSignature({ alg: 'ES256', kid: 'a' })],
		['an HMAC made with the public key', signedByPublicKey()],
		['another key under the same name', sign({}, {}, newKeys().privateKey)],
		['no key id', jwt.sign(ids, good.privateKey, { algorithm: 'ES256', expiresIn: 60 })],
		['an unknown key id', sign({}, { keyid: 'b' })],
		['another issuer', sign({}, { issuer: 'gateway' })],
		['another audience', sign({}, { audience: 'creatorr-internal' })],
		['several audiences', sign({}, { audience: [TOKEN_AUDIENCE, 'x'] })],
		['an expiry in the past', sign({}, { expiresIn: -1 })],
		['a start time in the future', sign({}, { notBefore: 60 })],
		['no user', sign({ sub: undefined })],
		['no session', sign({ sid: undefined })],
		['a session of another shape', sign({ sid: "ses_' or 1=1" })],
		['a user of another shape', sign({ sub: "usr_' or 1=1" })],
	])('with %s is rejected', async (_, token) => {
		const { verify } = await setUp();
		await expect(verify(token)).rejects.toEqual(refused);
	});

	test('without an expiry is rejected', async () => {
		const { verify } = await setUp();
		const token = jwt.sign({ ...ids, iss: TOKEN_ISSUER, aud: TOKEN_AUDIENCE }, good.privateKey, {
			algorithm: 'ES256',
			keyid: 'a',
		});
		await expect(verify(token)).rejects.toEqual(refused);
	});

	test('with a changed claim is rejected', async () => {
		const { verify } = await setUp();
		const [head, , signature] = sign().split('.');
		const claims = jwt.decode(sign()) as object;
		const changed = Buffer.from(JSON.stringify({ ...claims, sub: newId('usr') })).toString('base64url');
		await expect(verify(`${head}.${changed}.${signature}`)).rejects.toEqual(refused);
	});

	test('is rejected after its expiry, though it is cached', async () => {
		const { verify } = await setUp();
		// Times are whole seconds: with 1, the token may expire before the first check.
		const token = sign({}, { expiresIn: 2 });
		const { expiresAtMs } = await verify(token);
		await new Promise((resolve) => setTimeout(resolve, expiresAtMs - Date.now() + 5));
		await expect(verify(token)).rejects.toEqual(refused);
	});

	test('of a newly published key is accepted', async () => {
		const { world, verify } = await setUp();
		const fresh = newKeys();
		world.keys.push(fresh.jwk('b'));
		const session = await verify(sign({}, { keyid: 'b' }, fresh.privateKey));
		expect(session.userId).toBe(ids.sub);
	});

	test('of a removed key is rejected, though it is cached', async () => {
		const { world, keys, verify } = await setUp();
		const token = sign();
		await verify(token);
		world.keys = [newKeys().jwk('b')];
		await keys.refresh();
		await expect(verify(token)).rejects.toEqual(refused);
	});

	test('of an unknown key gets 503 instead of 401 while keys can’t be loaded', async () => {
		const { world, verify } = await setUp();
		world.isDown = true;
		await expect(verify(sign({}, { keyid: 'b' }))).rejects.toMatchObject({
			code: 'upstream_unavailable',
			headers: { 'Retry-After': expect.any(String) },
		});
	});

	test('in another format is rejected even while keys can’t be loaded', async () => {
		const { world, verify } = await setUp();
		world.isDown = true;
		const token = sign({}, { keyid: 'b', issuer: 'x' });
		await expect(verify(token)).rejects.toEqual(refused);
	});
});
