import type { Operation } from '@creatorr/contracts/operation';
import { PUBLIC_OPERATIONS } from '@creatorr/contracts/operations';
import { SCOPES, type Scope } from '@creatorr/contracts/scopes';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { bearer, startTestGateway, startUpstream, type TestGateway } from '../testing/gateway.ts';

const scopes = Object.keys(SCOPES) as Scope[];

let auth: FakeAuth;
let gateway: TestGateway;
let service: Awaited<ReturnType<typeof startUpstream>>;

beforeAll(async () => {
	auth = await startFakeAuth();
	service = await startUpstream((_req, res) => {
		res.setHeader('Content-Type', 'application/json');
		res.end('{"data":[]}');
	});
	const { url } = service;
	const env = { AUTH_URL: url, FILES_URL: url, JOBS_URL: url, BILLING_URL: url, WEBHOOKS_URL: url };
	gateway = await startTestGateway({ auth, env });
});

afterAll(async () => {
	await gateway.stop();
	await service.close();
	await auth.close();
});

/** Sends the operation; returns `admitted` if it reached its service, else the code of the refusal. */
async function outcomeOf({ method, path }: Operation, token?: string): Promise<string> {
	const target = gateway.url + path.replaceAll(/\{\w+\}/g, 'x_1');
	const headers = token === undefined ? {} : bearer(token);
	const response = await fetch(target, { method: method.toUpperCase(), headers });
	if (response.ok) return 'admitted';
	return ((await response.json()) as { error: { code: string } }).error.code;
}

/** Returns the outcome that the contract demands for a key with one scope. */
function expectedFor({ access, scope }: Operation, granted: Scope): string {
	if (access === 'public') return 'admitted';
	if (scope === undefined) return 'session_required';
	return scope === 'any' || scope === granted ? 'admitted' : 'insufficient_scope';
}

describe('among all operations', () => {
	/** The health of the product depends on more than the gateway. */
	const operations = PUBLIC_OPERATIONS.filter(({ id }) => id !== 'getHealth');

	test.each(scopes)('a key with the scope %s reaches exactly those with this scope', async (granted) => {
		const key = auth.setKey({ scopes: [granted] });
		const outcomes = await Promise.all(
			operations.map(async (one) => [one.id, await outcomeOf(one, key)] as const),
		);
		expect(Object.fromEntries(outcomes)).toEqual(
			Object.fromEntries(operations.map((one) => [one.id, expectedFor(one, granted)])),
		);
	});

	test('a key without scopes reaches only its account', async () => {
		const key = auth.setKey({ scopes: [] });
		const reached = await Promise.all(
			operations.map(async (one) => ((await outcomeOf(one, key)) === 'admitted' ? [one] : [])),
		);
		expect(
			reached
				.flat()
				.filter(({ access }) => access !== 'public')
				.map(({ id }) => id),
		).toEqual(['getMe']);
	});

	test('a session reaches all', async () => {
		const token = auth.token();
		const outcomes = await Promise.all(operations.map((one) => outcomeOf(one, token)));
		expect(new Set(outcomes)).toEqual(new Set(['admitted']));
	});

	test('a request without a credential reaches none that needs a user', async () => {
		const ofUsers = operations.filter(({ access }) => access === 'user');
		const outcomes = await Promise.all(ofUsers.map((one) => outcomeOf(one)));
		expect(new Set(outcomes)).toEqual(new Set(['unauthorized']));
	});
});
