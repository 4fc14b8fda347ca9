import { beforeAll, describe, expect, test } from '@jest/globals';
import { newApiKey } from '../driver/api-keys.ts';
import { BASE_URL, call, newPerson, nobodysId, type Person, SECOND_BASE_URL } from '../driver/client.ts';
import { startJob, uploadFile } from '../driver/flow.ts';
import { makePdf } from '../driver/pdf.ts';

const GATEWAYS = [BASE_URL, SECOND_BASE_URL];
const RIGHTS = { name: 'Build server', scopes: ['jobs:read', 'jobs:write'] };

let person: Person;
let stranger: Person;

beforeAll(async () => {
	[person, stranger] = await Promise.all([newPerson(), newPerson()]);
});

const statusesOf = (token: string, path = '/v1/me') =>
	Promise.all(GATEWAYS.map(async (base) => (await call('GET', path, { token, base })).status));

/** Tests that a route refuses a request without a token, and with an API key. */
function needsSession(method: string, path: string, body?: unknown): void {
	const target = path.replace('{id}', nobodysId('key'));

	test('no token: is refused', async () => {
		const response = await call(method, target, { body });
		expect([response.status, response.body.error.code]).toEqual([401, 'unauthorized']);
	});

	test('refuses an API key', async () => {
		const { key } = await newApiKey(person.token, RIGHTS);
		const response = await call(method, target, { token: key, body });
		expect([response.status, response.body.error.code]).toEqual([403, 'session_required']);
	});
}

/** Tests that a route finds neither another user's key nor one with a malformed id. */
function concernsOwnKey(method: string, path: string, body?: unknown): void {
	test('not yours: is not found', async () => {
		const { id } = await newApiKey(person.token);
		const response = await call(method, path.replace('{id}', id), { token: stranger.token, body });
		expect([response.status, response.body.error.code]).toEqual([404, 'not_found']);
	});

	test('bad input: a malformed id is not found', async () => {
		const response = await call(method, path.replace('{id}', 'key_1'), { token: person.token, body });
		expect([response.status, response.body.error.code]).toEqual([404, 'not_found']);
	});
}

describe('POST /v1/keys', () => {
	test('success: answers 201 with a key that every gateway accepts', async () => {
		const response = await call('POST', '/v1/keys', { token: person.token, body: RIGHTS });
		expect(response.status).toBe(201);
		expect(response.body.data).toMatchObject({ ...RIGHTS, status: 'active', tools: null, allowed_ips: null });
		expect(response.headers.get('cache-control')).toBe('no-store');
		const { key } = response.body.data;
		expect(key).toMatch(/^ctr_live_[0-9A-Za-z]{36}$/);
		expect(await statusesOf(key)).toEqual([200, 200]);
		expect((await call('GET', '/v1/me', { token: key })).body.data.id).toBe(person.id);
	});

	test('success: a key with tools creates jobs with them only', async () => {
		const { key } = await newApiKey(person.token, { ...RIGHTS, tools: ['compress_heavy'] });
		const input = await uploadFile(person.token, makePdf());
		expect(await startJob(key, input)).toMatch(/^job_/);
		const body = { tool: 'ocr', input_file_id: input };
		const response = await call('POST', '/v1/jobs', { token: key, body });
		expect([response.status, response.body.error.code]).toEqual([403, 'insufficient_scope']);
		expect(response.body.error.message).toContain('"ocr"');
	});

	test('success: a key works only from its addresses', async () => {
		const { key } = await newApiKey(person.token, { allowed_ips: ['192.0.2.0/24'] });
		expect(await statusesOf(key)).toEqual([401, 401]);
		const local = await newApiKey(person.token, { allowed_ips: ['127.0.0.0/8', '::1'] });
		expect(await statusesOf(local.key)).toEqual([200, 200]);
	});

	test.each([
		['no scopes', { name: 'a', scopes: [] }, 'scopes'],
		['an unknown scope', { name: 'a', scopes: ['files:delete'] }, 'scopes.0'],
		['no name', { scopes: ['jobs:read'] }, 'name'],
		['an invalid range', { ...RIGHTS, allowed_ips: ['10.0.0.0/40'] }, 'allowed_ips.0'],
		['an expiry in the past', { ...RIGHTS, expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
	])('bad input: %s is a validation error that names the field', async (_, body, path) => {
		const response = await call('POST', '/v1/keys', { token: person.token, body });
		expect([response.status, response.body.error.details[0].path]).toEqual([400, path]);
	});

	needsSession('POST', '/v1/keys', RIGHTS);
});

describe('GET /v1/keys', () => {
	test('success: lists the keys, newest first, without the keys themselves', async () => {
		const { token } = await newPerson();
		const keys = [await newApiKey(token), await newApiKey(token)];
		const response = await call('GET', '/v1/keys?limit=1', { token });
		expect(response.body.data.map(({ id }: { id: string }) => id)).toEqual([keys[1]?.id]);
		const next = await call('GET', `/v1/keys?cursor=${response.body.next_cursor}`, { token });
		expect(next.body.data.map(({ id }: { id: string }) => id)).toEqual([keys[0]?.id]);
		for (const { key } of keys) expect(response.text + next.text).not.toContain(key);
	});

	test('bad input: an invalid cursor is refused', async () => {
		const response = await call('GET', '/v1/keys?cursor=x', { token: person.token });
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
	});

	needsSession('GET', '/v1/keys');
});

describe('GET /v1/keys/{id}', () => {
	test('success: returns the key', async () => {
		const { id } = await newApiKey(person.token, RIGHTS);
		const response = await call('GET', `/v1/keys/${id}`, { token: person.token });
		expect(response.body.data).toMatchObject({ id, ...RIGHTS, last_used_at: null });
	});

	concernsOwnKey('GET', '/v1/keys/{id}');
	needsSession('GET', '/v1/keys/{id}');
});

describe('PATCH /v1/keys/{id}', () => {
	test('success: once it returns, every gateway checks the new scopes', async () => {
		const { id, key } = await newApiKey(person.token, RIGHTS);
		expect(await statusesOf(key, '/v1/jobs')).toEqual([200, 200]);
		const body = { scopes: ['files:read'] };
		const response = await call('PATCH', `/v1/keys/${id}`, { token: person.token, body });
		expect([response.status, response.body.data.scopes]).toEqual([200, ['files:read']]);
		expect(await statusesOf(key, '/v1/jobs')).toEqual([403, 403]);
		expect(await statusesOf(key, '/v1/files')).toEqual([200, 200]);
	});

	concernsOwnKey('PATCH', '/v1/keys/{id}', { name: 'b' });
	needsSession('PATCH', '/v1/keys/{id}', { name: 'b' });
});

describe('DELETE /v1/keys/{id}', () => {
	test('success: once it returns, no gateway accepts the key, and it may be repeated', async () => {
		const { id, key } = await newApiKey(person.token);
		expect(await statusesOf(key)).toEqual([200, 200]);
		for (const _time of ['first', 'second']) {
			const response = await call('DELETE', `/v1/keys/${id}`, { token: person.token });
			expect(response.status).toBe(204);
			expect(await statusesOf(key)).toEqual([401, 401]);
		}
		const shown = await call('GET', `/v1/keys/${id}`, { token: person.token });
		expect(shown.body.data.status).toBe('revoked');
	});

	concernsOwnKey('DELETE', '/v1/keys/{id}');
	needsSession('DELETE', '/v1/keys/{id}');
});

describe('POST /v1/keys/{id}/rotate', () => {
	test('success: both keys work until the grace period ends', async () => {
		const old = await newApiKey(person.token, RIGHTS);
		const rotate = (body: object) => call('POST', `/v1/keys/${old.id}/rotate`, { token: person.token, body });
		const response = await rotate({ grace_seconds: 3_600 });
		expect(response.status).toBe(201);
		expect(response.body.data).toMatchObject({ ...RIGHTS, replaces: old.id });
		expect(await statusesOf(response.body.data.key)).toEqual([200, 200]);
		expect(await statusesOf(old.key)).toEqual([200, 200]);
		expect((await rotate({ grace_seconds: 0 })).status).toBe(201);
		expect(await statusesOf(old.key)).toEqual([401, 401]);
	});

	test('bad input: a grace period beyond a week is refused', async () => {
		const { id } = await newApiKey(person.token);
		const body = { grace_seconds: 604_801 };
		const response = await call('POST', `/v1/keys/${id}/rotate`, { token: person.token, body });
		expect([response.status, response.body.error.details[0].path]).toEqual([400, 'grace_seconds']);
	});

	concernsOwnKey('POST', '/v1/keys/{id}/rotate', {});
	needsSession('POST', '/v1/keys/{id}/rotate', {});
});

describe('GET /v1/keys/{id}/events', () => {
	test('success: lists what happened to the key, newest first', async () => {
		const { id } = await newApiKey(person.token);
		await call('PATCH', `/v1/keys/${id}`, { token: person.token, body: { name: 'b' } });
		await call('DELETE', `/v1/keys/${id}`, { token: person.token });
		const { data } = (await call('GET', `/v1/keys/${id}/events`, { token: person.token })).body;
		expect(data.map(({ type }: { type: string }) => type)).toEqual(['revoked', 'changed', 'created']);
		expect(data[0].ip).toMatch(/^(127\.|::1)/);
	});

	concernsOwnKey('GET', '/v1/keys/{id}/events');
	needsSession('GET', '/v1/keys/{id}/events');
});

describe('POST /v1/keys/leaked', () => {
	const report = (key: unknown) => call('POST', '/v1/keys/leaked', { body: { key } });

	test('success: once it returns, no gateway accepts the key', async () => {
		const { id, key } = await newApiKey(person.token);
		expect(await statusesOf(key)).toEqual([200, 200]);
		expect((await report(key)).status).toBe(204);
		expect(await statusesOf(key)).toEqual([401, 401]);
		const { data } = (await call('GET', `/v1/keys/${id}/events`, { token: person.token })).body;
		expect(data[0].type).toBe('leaked');
	});

	test('success: returns the same response for any other text', async () => {
		expect((await report('ctr_live_nothing')).status).toBe(204);
	});

	test('bad input: a key that is not a string is refused', async () => {
		const response = await report(1);
		expect([response.status, response.body.error.details[0].path]).toEqual([400, 'key']);
	});
});

test('a key with a wrong checksum, an unknown and a revoked one get the same response', async () => {
	const { id, key } = await newApiKey(person.token);
	const unknown = await newApiKey(stranger.token);
	await Promise.all([
		call('DELETE', `/v1/keys/${id}`, { token: person.token }),
		call('DELETE', `/v1/keys/${unknown.id}`, { token: stranger.token }),
	]);
	const answers = await Promise.all(
		[key, unknown.key, `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`].map(async (token) => {
			const { status, body, headers } = await call('GET', '/v1/me', { token });
			return [status, body.error.code, body.error.message, headers.get('www-authenticate')];
		}),
	);
	expect(answers).toEqual(answers.map(() => answers[0]));
});
