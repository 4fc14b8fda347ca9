import { createPrivateKey } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { temporaryHome } from '../testing/temporary.ts';
import { publicIdentityKeys } from './make-secrets.ts';
import { loadSecrets } from './secrets.ts';

const home = temporaryHome();
const file = () => join(home().root, 'secrets.json');

test('secrets are made once, for their owner alone', () => {
	const first = loadSecrets(home());
	expect(statSync(file()).mode & 0o777).toBe(0o600);
	expect(loadSecrets(home())).toEqual(first);
	rmSync(file());
	const others = Object.entries(loadSecrets(home()));
	expect(
		others.filter(
			([name, value]) => JSON.stringify(first[name as keyof typeof first]) === JSON.stringify(value),
		),
	).toEqual([]);
});

test('a damaged file is an error and stays, since the data can’t be read without it', () => {
	const { postgresPassword: _, ...incomplete } = loadSecrets(home());
	for (const damaged of ['{"postgresPassword":', JSON.stringify(incomplete)]) {
		writeFileSync(file(), damaged);
		expect(() => loadSecrets(home())).toThrow(/is damaged/);
		expect(readFileSync(file(), 'utf8')).toBe(damaged);
	}
});

test('a home of an older version gets new secrets and keeps them', () => {
	const { stripeSecretKey: _key, stripeWebhookSecret: _secret, ...older } = loadSecrets(home());
	writeFileSync(file(), JSON.stringify(older));
	const { stripeSecretKey, stripeWebhookSecret } = loadSecrets(home());
	expect(stripeSecretKey).toMatch(/^sk_test_\w{40,}$/);
	expect(stripeWebhookSecret).toMatch(/^whsec_\w{40,}$/);
	expect(loadSecrets(home())).toEqual({ ...older, stripeSecretKey, stripeWebhookSecret });
});

test('keys have the size and the type that the services need, and public keys have no private part', () => {
	const { authKeyEncryptionKey, identityKeys } = loadSecrets(home());
	expect(Buffer.from(authKeyEncryptionKey, 'base64')).toHaveLength(32);
	expect(createPrivateKey(identityKeys['tool-worker']).asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
	const { keys } = JSON.parse(publicIdentityKeys({ identityKeys }));
	expect(keys).toHaveLength(6);
	expect(keys[0]).toMatchObject({ kid: 'gateway', kty: 'EC', crv: 'P-256' });
	expect(keys.some((key: object) => 'd' in key)).toBe(false);
});
