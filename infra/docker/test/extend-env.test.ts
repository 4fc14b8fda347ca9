import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { makeSecrets } from '../../local/src/backing/make-secrets.ts';
import { composeVariables, envFile } from '../src/compose-env.ts';
import { extendEnv } from '../src/extend-env.ts';

const made = composeVariables(makeSecrets());
const kids = (text: string): string[] =>
	JSON.parse(/^INTERNAL_KEYS='(.*)'$/m.exec(text)?.[1] ?? '').keys.map(({ kid }: { kid: string }) => kid);

test('adds the secrets and the public key of a service that an upgrade adds, and nothing else', () => {
	const { keys } = JSON.parse(made.INTERNAL_KEYS ?? '');
	const older = Object.fromEntries(
		Object.entries({
			...made,
			INTERNAL_KEYS: JSON.stringify({ keys: keys.filter(({ kid }: { kid: string }) => kid !== 'webhooks') }),
		}).filter(([name]) => !/^WEBHOOK|^COMPOSE_PROFILES/.test(name)),
	);
	const file = `# Mine\n${envFile(older)}`;
	const extended = extendEnv(file, composeVariables(makeSecrets()));
	const withoutKeys = (text: string) => text.replace(/^INTERNAL_KEYS=.*$/m, '');
	expect(withoutKeys(extended).startsWith(withoutKeys(file))).toBe(true);
	const added = withoutKeys(extended).slice(withoutKeys(file).length);
	expect([...added.matchAll(/^(\w+)=/gm)].map(([, name]) => name).sort()).toEqual([
		...['WEBHOOKS_DATABASE_PASSWORD', 'WEBHOOKS_INTERNAL_PRIVATE_KEY', 'WEBHOOK_SECRET_KEYS'],
	]);
	expect(kids(extended).sort()).toEqual(keys.map(({ kid }: { kid: string }) => kid).sort());
});

test('leaves a complete file as it is', () => {
	const file = envFile(made);
	expect(extendEnv(file, composeVariables(makeSecrets()))).toBe(file);
});

test('replaces all identity keys after the command of the runbook has deleted them', () => {
	const runbook = readFileSync(join(import.meta.dirname, '../../../docs/runbooks/deploy.md'), 'utf8');
	const script = /sed -i -E "(.+)" \.env/.exec(runbook)?.[1]?.replaceAll('\\$', '$') ?? '';
	const input = envFile(composeVariables(makeSecrets()));
	const rest = execFileSync('sed', ['-E', script], { input, encoding: 'utf8' });
	const isIdentity = (name: string) => /^INTERNAL_KEYS$|_INTERNAL_PRIVATE_KEY$/.test(name);
	const identities = Object.fromEntries(Object.entries(made).filter(([name]) => isIdentity(name)));
	expect(Object.keys(identities)).toHaveLength(8);
	expect(extendEnv(rest, made)).toBe(rest + envFile(identities));
	expect(rest).not.toMatch(/PRIVATE KEY/);
});
