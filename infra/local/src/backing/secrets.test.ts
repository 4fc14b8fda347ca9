import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { temporaryHome } from '../testing/temporary.ts';
import { loadSecrets } from './secrets.ts';

const home = temporaryHome();
const file = () => join(home().root, 'secrets.json');

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

test('identity keys that an operator removed are replaced, and all other secrets stay', () => {
	const first = loadSecrets(home());
	const { identityKeys: _, webhooksIdentityKey: __, ...others } = JSON.parse(readFileSync(file(), 'utf8'));
	writeFileSync(file(), JSON.stringify(others));
	const rotated = loadSecrets(home());
	expect(rotated).toEqual({ ...first, identityKeys: expect.anything() });
	expect(Object.keys(rotated.identityKeys).sort()).toEqual(Object.keys(first.identityKeys).sort());
	for (const key of Object.values(first.identityKeys))
		expect(Object.values(rotated.identityKeys)).not.toContain(key);
});
