import { PUBLIC_OPERATIONS } from '@creatorr/contracts/operations';
import { SCOPES, type Scope } from '@creatorr/contracts/scopes';
import { describe, expect, test } from '@jest/globals';
import { checkScope } from './check-scope.ts';
import type { ApiKey, Credential } from './credential.ts';

const common = { userId: 'usr_1', credentialId: 'x', expiresAtMs: Number.POSITIVE_INFINITY };
const session: Credential = { kind: 'session', ...common };
const scopes = Object.keys(SCOPES) as Scope[];

const keyWith = (granted: readonly string[]): ApiKey => ({
	kind: 'key',
	keyId: 'key_1',
	tools: null,
	allowedIps: null,
	...common,
	scopes: new Set(granted),
	plan: 'free',
	startsGracePeriod: false,
});

function outcomeOf(scope: (typeof PUBLIC_OPERATIONS)[number]['scope'], credential: Credential): string {
	try {
		checkScope({ ...(scope !== undefined && { scope }) }, credential);
		return 'admitted';
	} catch (error) {
		return (error as { code: string }).code;
	}
}

/** The operations that a key may call, by the scope that they need. */
const EXPECTED: Record<string, string> = {
	getMe: 'any',
	createFile: 'files:write',
	listFiles: 'files:read',
	getFile: 'files:read',
	deleteFile: 'files:write',
	completeFile: 'files:write',
	listFileParts: 'files:write',
	createJob: 'jobs:write',
	listJobs: 'jobs:read',
	getJob: 'jobs:read',
	streamJob: 'jobs:read',
	cancelJob: 'jobs:write',
	deleteJob: 'jobs:write',
	getUsage: 'usage:read',
	createWebhook: 'webhooks:write',
	listWebhooks: 'webhooks:read',
	getWebhook: 'webhooks:read',
	updateWebhook: 'webhooks:write',
	deleteWebhook: 'webhooks:write',
	rotateWebhookSecret: 'webhooks:write',
	testWebhook: 'webhooks:write',
	listDeliveries: 'webhooks:read',
	getDelivery: 'webhooks:read',
	replayDelivery: 'webhooks:write',
	recoverDeliveries: 'webhooks:write',
	listEvents: 'webhooks:read',
};

describe.each(PUBLIC_OPERATIONS.filter(({ access }) => access === 'user'))('$id', ({ id, scope }) => {
	test('has the expected scope', () => {
		expect(scope).toBe(EXPECTED[id]);
	});

	test('admits a session', () => {
		expect(outcomeOf(scope, session)).toBe('admitted');
	});

	test('admits exactly the keys with its scope', () => {
		const outcomes = scopes.map((granted) => [granted, outcomeOf(scope, keyWith([granted]))]);
		const expectedFor = (granted: Scope) => {
			if (scope === undefined) return 'session_required';
			return scope === 'any' || scope === granted ? 'admitted' : 'insufficient_scope';
		};
		expect(outcomes).toEqual(scopes.map((granted) => [granted, expectedFor(granted)]));
		const allOthers = scopes.filter((one) => one !== scope);
		if (scope !== undefined && scope !== 'any')
			expect(outcomeOf(scope, keyWith(allOthers))).toBe('insufficient_scope');
	});
});
