import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { BASE_URL, call, newPerson, SECOND_BASE_URL, signIn } from '../driver/client.ts';
import { eventually, pidOf } from '../driver/processes.ts';
import { readSigningKey, readToken, signToken } from './support/signing-key.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');

/** Returns the environment of the running auth service, with which operators run its commands. */
async function environmentOfAuth(): Promise<Record<string, string>> {
	const text = await readFile(`/proc/${await pidOf('auth')}/environ`, 'utf8');
	const entries = text.split('\0').filter(Boolean);
	return Object.fromEntries(
		entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
	);
}

/** Runs the command of the runbook and returns its report. */
async function keys(...args: string[]) {
	const command = ['apps/auth/src/signing-keys.ts', ...args, '--json'];
	const options = { env: await environmentOfAuth(), cwd: REPOSITORY };
	return JSON.parse((await promisify(execFile)(process.execPath, command, options)).stdout);
}

function keyOf(token: string): string {
	return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
}

describe('the keys of tokens', () => {
	test('rotate without a restart, and no user is signed out', async () => {
		const person = await newPerson();
		const { kid } = await keys('rotate', '--signs-in', '0', '--by', 'ada');
		const token = await signIn(person.email);
		expect(keyOf(person.token)).not.toBe(kid);
		expect(keyOf(token)).toBe(kid);
		for (const base of [BASE_URL, SECOND_BASE_URL]) {
			expect((await call('GET', '/v1/me', { token, base })).status).toBe(200);
			expect((await call('GET', '/v1/me', { token: person.token, base })).status).toBe(200);
		}
		const { keys: listed } = await keys('list');
		expect(listed).toContainEqual(expect.objectContaining({ kid, state: 'signs' }));
		expect(listed).toContainEqual({
			kid: keyOf(person.token),
			created_at: expect.any(String),
			state: expect.stringMatching(/^verifies until /),
		});
	});

	test('that were stolen are retired, and every gateway rejects what they sign', async () => {
		const person = await newPerson();
		// A key that has signed no token yet, so that no user of another test is signed out.
		const { kid } = await keys('rotate', '--signs-in', '100000', '--by', 'ada');
		const { privateKey } = await readSigningKey(kid);
		const { header, claims } = readToken(person.token);
		const forged = signToken({ ...header, kid }, claims, privateKey);
		const statusesOf = (token: string) =>
			Promise.all(
				[BASE_URL, SECOND_BASE_URL].map(
					async (base) => (await call('GET', '/v1/me', { token, base })).status,
				),
			);
		expect(await statusesOf(forged)).toEqual([200, 200]);
		await keys('retire', kid, '--by', 'ada');
		const isRefused = async () => (await statusesOf(forged)).every((status) => status === 401);
		await eventually(isRefused, 30_000, 'a retired key is still taken');
		expect(await statusesOf(person.token)).toEqual([200, 200]);
	});

	test.each(['/internal/jwks', '/v1/internal/jwks', '/.well-known/jwks.json', '/v1/jwks', '/jwks'])(
		'are not served at %s of the public port',
		async (path) => {
			for (const base of [BASE_URL, SECOND_BASE_URL]) {
				const response = await call('GET', path, { base });
				expect([response.status, response.body.error.code]).toEqual([404, 'not_found']);
			}
		},
	);
});
