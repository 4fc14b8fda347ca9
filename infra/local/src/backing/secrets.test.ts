import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Home, openHome } from '../supervisor/home.ts';
import { publicIdentityKeys } from './identity-keys.ts';
import { loadSecrets } from './secrets.ts';

let home: Home;
beforeEach(() => {
	home = openHome(mkdtempSync(join(tmpdir(), 'creatorr-secrets-')));
});
afterEach(() => rmSync(home.root, { recursive: true }));

test('secrets are made once and kept', () => {
	expect(loadSecrets(home)).toEqual(loadSecrets(home));
});

test('only the owner can read them', () => {
	loadSecrets(home);
	expect(statSync(join(home.root, 'secrets.json')).mode & 0o777).toBe(0o600);
});

test('two homes share no secret', () => {
	const first = loadSecrets(home);
	rmSync(join(home.root, 'secrets.json'));
	const second = loadSecrets(home);
	expect(second.postgresPassword).not.toBe(first.postgresPassword);
	expect(second.authKeyEncryptionKey).not.toBe(first.authKeyEncryptionKey);
	expect(second.identityKeys.gateway).not.toBe(first.identityKeys.gateway);
});

test('a damaged file is not replaced, since the data behind it would be lost', () => {
	writeFileSync(join(home.root, 'secrets.json'), '{"postgresPassword":');
	expect(() => loadSecrets(home)).toThrow(/is damaged/);
});

test('a home that is older than a secret gets it, and keeps it', () => {
	const { stripeSecretKey: _key, stripeWebhookSecret: _secret, ...older } = loadSecrets(home);
	writeFileSync(join(home.root, 'secrets.json'), JSON.stringify(older));
	const { stripeSecretKey, stripeWebhookSecret } = loadSecrets(home);
	expect(stripeSecretKey).toMatch(/^sk_test_\w{40,}$/);
	expect(stripeWebhookSecret).toMatch(/^whsec_\w{40,}$/);
	expect(loadSecrets(home)).toMatchObject({ ...older, stripeSecretKey, stripeWebhookSecret });
});

test('the key that encrypts signing keys has 32 bytes', () => {
	expect(Buffer.from(loadSecrets(home).authKeyEncryptionKey, 'base64')).toHaveLength(32);
});

test('every caller has a private P-256 key, of which only the public half is handed round', () => {
	const { identityKeys } = loadSecrets(home);
	expect(createPrivateKey(identityKeys['tool-worker']).asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
	const { keys } = JSON.parse(publicIdentityKeys({ identityKeys }));
	expect(keys).toHaveLength(6);
	expect(keys[0]).toMatchObject({ kid: 'gateway', kty: 'EC', crv: 'P-256' });
	expect(keys.some((key: object) => 'd' in key)).toBe(false);
});
