import { createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { makeSigningKey, openSigningKey, WrongEncryptionKeyError } from './signing-key.ts';
import { createSigningKeySource } from './signing-keys.ts';

const encryptionKey = randomBytes(32);

describe('a signing key', () => {
	test('signs what its public half verifies', () => {
		const stored = makeSigningKey(encryptionKey);
		const { privateKey } = openSigningKey(stored, encryptionKey);
		const data = Buffer.from('data');
		const publicKey = createPublicKey({ key: stored.publicJwk, format: 'jwk' });
		expect(verify('sha256', data, publicKey, sign('sha256', data, privateKey))).toBe(true);
	});

	test('has nothing private in its public half', () => {
		const { publicJwk } = makeSigningKey(encryptionKey);
		expect(Object.keys(publicJwk).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
	});

	test('is stored encrypted', () => {
		const stored = makeSigningKey(encryptionKey);
		const { privateKey } = openSigningKey(stored, encryptionKey);
		const secret = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
		expect(secret).toHaveLength(32);
		expect(Buffer.from(stored.privateKeyEncrypted).includes(secret)).toBe(false);
	});

	test('does not open with another encryption key or kid', () => {
		const stored = makeSigningKey(encryptionKey);
		expect(() => openSigningKey(stored, randomBytes(32))).toThrow(WrongEncryptionKeyError);
		expect(() => openSigningKey({ ...stored, kid: 'other' }, encryptionKey)).toThrow(WrongEncryptionKeyError);
	});

	test('that was tampered with does not open', () => {
		const stored = makeSigningKey(encryptionKey);
		const tampered = Uint8Array.from(stored.privateKeyEncrypted);
		tampered[40] = (tampered[40] ?? 0) ^ 1;
		expect(() => openSigningKey({ ...stored, privateKeyEncrypted: tampered }, encryptionKey)).toThrow(
			WrongEncryptionKeyError,
		);
	});
});

describe('the source of the signing key', () => {
	test('loads the key each time, and tries again after a failure', async () => {
		const [first, second] = [makeSigningKey(encryptionKey), makeSigningKey(encryptionKey)];
		const responses = [first, first, second];
		const source = createSigningKeySource(async () => {
			const response = responses.shift();
			if (!response) throw new Error('away');
			return response;
		}, encryptionKey);
		expect((await source()).kid).toBe(first.kid);
		expect((await source()).kid).toBe(first.kid);
		expect((await source()).kid).toBe(second.kid);
		await expect(source()).rejects.toThrow('away');
		responses.push(second);
		expect((await source()).kid).toBe(second.kid);
	});
});
