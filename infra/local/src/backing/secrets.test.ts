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

test('a home of an older version gets new secrets and keeps them, and the last release still reads the file', () => {
	const first = loadSecrets(home());
	const saved = JSON.parse(readFileSync(file(), 'utf8'));
	const added = /^(stripe|webhook)/;
	const older = Object.fromEntries(Object.entries(saved).filter(([name]) => !added.test(name)));
	writeFileSync(file(), JSON.stringify(older));
	const upgraded = loadSecrets(home());
	expect(upgraded.stripeSecretKey).toMatch(/^sk_test_\w{40,}$/);
	expect(upgraded.stripeWebhookSecret).toMatch(/^whsec_\w{40,}$/);
	expect(upgraded.identityKeys).toEqual({
		...first.identityKeys,
		webhooks: expect.stringContaining('PRIVATE KEY'),
	});
	expect(upgraded.webhookSecretKey).not.toBe(first.webhookSecretKey);
	expect(loadSecrets(home())).toEqual(upgraded);
	// It refuses other names than these in the records.
	const { databasePasswords, identityKeys } = JSON.parse(readFileSync(file(), 'utf8'));
	expect(Object.keys(databasePasswords)).toEqual(['auth', 'files', 'jobs', 'billing']);
	expect(Object.keys(identityKeys)).not.toContain('webhooks');
});

test('keys have the size and the type that the services need, and public keys have no private part', () => {
	const { authKeyEncryptionKey, identityKeys } = loadSecrets(home());
	expect(Buffer.from(authKeyEncryptionKey, 'base64')).toHaveLength(32);
	expect(createPrivateKey(identityKeys['tool-worker']).asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
	const { keys } = JSON.parse(publicIdentityKeys({ identityKeys }));
	expect(keys).toHaveLength(7);
	expect(keys[0]).toMatchObject({ kid: 'gateway', kty: 'EC', crv: 'P-256' });
	expect(keys.some((key: object) => 'd' in key)).toBe(false);
});
