import { connect } from 'node:net';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { BASE_URL, call, newPerson, type Person, SECOND_BASE_URL } from './support/client.ts';
import { openApiDocument, routesOf } from './support/openapi.ts';

/** The whole proof takes 1,000; a run of all the tests takes a slice. */
const REVOCATION_ROUNDS = Number(process.env.REVOCATION_ROUNDS ?? 100);

let person: Person;

beforeAll(async () => {
	person = await newPerson();
});

/** Sends bytes as they are; resolves to all that came back until the server closed or was silent. */
function rawRequest(text: string | Buffer, silenceMs = 1_500): Promise<string> {
	const { hostname, port } = new URL(BASE_URL);
	return new Promise((resolve) => {
		const socket = connect(Number(port), hostname, () => socket.write(text));
		let answer = '';
		socket.setTimeout(silenceMs, () => socket.destroy());
		socket.on('data', (chunk) => {
			answer += chunk.toString();
		});
		socket.on('error', () => undefined);
		socket.on('close', () => resolve(answer));
	});
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
const bodyOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1));

describe('GET /v1/health', () => {
	test('success: names every service', async () => {
		const answer = await call('GET', '/v1/health');
		expect(answer.status).toBe(200);
		expect(answer.body.data.status).toBe('ok');
		expect(Object.keys(answer.body.data.services)).toEqual(expect.arrayContaining(['auth', 'files', 'jobs']));
	});
});

describe('GET /v1/openapi.json', () => {
	test('success: is the bare document of OpenAPI 3.1', async () => {
		const answer = await call('GET', '/v1/openapi.json');
		expect(answer.status).toBe(200);
		expect(answer.body.openapi).toMatch(/^3\.1\./);
	});
});

describe('GET /v1/tools', () => {
	test('success: lists every tool with a JSON Schema of its params, without a token', async () => {
		const { data } = (await call('GET', '/v1/tools')).body;
		const slugs = data.map((tool: { slug: string }) => tool.slug);
		expect(slugs).toEqual(expect.arrayContaining(['compress_heavy', 'ocr', 'office_to_pdf']));
		const compress = data.find((tool: { slug: string }) => tool.slug === 'compress_heavy');
		expect(compress.accepts).toEqual(['application/pdf']);
		expect(compress.params.properties.quality).toMatchObject({
			type: 'integer',
			default: 70,
			minimum: 1,
			maximum: 100,
		});
		expect(compress.params.additionalProperties).toBe(false);
		for (const tool of data)
			expect(Object.values(tool.limits).every((limit) => typeof limit === 'number')).toBe(true);
	});
});

describe('every answer', () => {
	test('carries a request id of its own, whatever the client sends', async () => {
		const mine = 'req_01ARZ3NDEKTSV4RRFFQ69G5FAV';
		const answer = await call('GET', '/v1/me', { headers: { 'x-request-id': mine } });
		expect(answer.headers.get('x-request-id')).not.toBe(mine);
		expect(answer.body.error.request_id).toBe(answer.headers.get('x-request-id'));
	});

	test.each(['/v1/me', '/v1/tools', '/nothing', '/v1/auth/login'])(
		'of %s has the security headers and tells nothing of us',
		async (path) => {
			const { headers } = await call('GET', path);
			expect(headers.get('x-content-type-options')).toBe('nosniff');
			for (const name of ['x-powered-by', 'server', 'set-cookie', 'etag'])
				expect(headers.get(name)).toBeNull();
		},
	);

	test.each([
		['GET', '/', 404],
		['GET', '/v1', 404],
		['GET', '/v1/nothing', 404],
		['GET', '/v1/me/', 404],
		['GET', '/V1/me', 404],
		['GET', '/metrics', 404],
		['GET', '/health/ready', 404],
		['GET', '/internal/jwks', 404],
		['POST', '/internal/sessions/check', 404],
	])('to %s %s is %i in the envelope', async (method, path, status) => {
		const answer = await call(method, path, { token: person.token });
		expect([answer.status, answer.body.error.code]).toEqual([status, 'not_found']);
	});

	test('to another method is 405 and says which are allowed, for every route', async () => {
		const routes = routesOf(await openApiDocument());
		for (const path of new Set(routes.map((route) => route.path))) {
			const answer = await call('PATCH', path.replace('{id}', 'x'));
			expect([path, answer.status, answer.body.error.code]).toEqual([path, 405, 'method_not_allowed']);
			const allowed = (answer.headers.get('allow') ?? '')
				.split(', ')
				.filter((method) => !['HEAD', 'OPTIONS'].includes(method));
			const documented = routes.filter((route) => route.path === path).map((route) => route.method);
			expect(allowed.sort()).toEqual(documented.sort());
		}
	});
});

describe('a body', () => {
	const post = (raw: string | Uint8Array, headers: Record<string, string>) =>
		call('POST', '/v1/auth/login', { raw, headers });
	const json = { 'content-type': 'application/json' };

	test.each([
		['malformed JSON', '{"email":', json],
		['nothing at all', '', json],
		['text', 'hello', { 'content-type': 'text/plain' }],
		['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }],
		['another charset', '{}', { 'content-type': 'application/json; charset=utf-16' }],
		['compression', '{}', { ...json, 'content-encoding': 'gzip' }],
		['bytes that are no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), json],
		['100,000 brackets', `${'['.repeat(1e5)}${']'.repeat(1e5)}`, json],
	])('of %s is a validation error', async (_, raw, headers) => {
		const answer = await post(raw, headers);
		expect([answer.status, answer.body.error.code]).toEqual([400, 'validation']);
	});

	test('of 1 MiB is read, one byte more is too_large', async () => {
		const padded = (length: number) => {
			const empty = JSON.stringify({ email: 'a@example.com', password: 'wrong password', x: '' });
			return empty.replace('"x":""', `"x":"${'a'.repeat(length - empty.length)}"`);
		};
		expect((await post(padded(1024 * 1024), json)).status).toBe(401);
		const answer = await post(padded(1024 * 1024 + 1), json);
		expect([answer.status, answer.body.error.code]).toEqual([413, 'too_large']);
	});

	test('that is declared huge is refused before it is sent', async () => {
		const answer = await rawRequest(
			'POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n',
		);
		expect([statusOf(answer), bodyOf(answer).error.code]).toEqual([413, 'too_large']);
	});

	test('in chunks without end is cut off', async () => {
		const chunk = `10000\r\n${'a'.repeat(0x10000)}\r\n`;
		const answer = await rawRequest(
			`POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(20)}`,
			3_000,
		);
		expect([statusOf(answer), bodyOf(answer).error.code]).toEqual([413, 'too_large']);
	});
});

describe('the target', () => {
	test.each([
		'/v1/../internal/jwks',
		'/v1/%2e%2e/internal/jwks',
		'/v1/files/..%2f..%2finternal%2fjwks',
		'/v1/files/%2e',
		'//v1/me',
		'/v1/files\\..\\x',
		'http://127.0.0.1/v1/me',
		'/v1/files/%00',
		'*',
	])('%s is refused before it is routed', async (target) => {
		const answer = await rawRequest(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
		expect([400, 404]).toContain(statusOf(answer));
		expect(['validation', 'not_found']).toContain(bodyOf(answer).error.code);
	});

	test('with two lengths, or a length and chunks, is refused', async () => {
		for (const headers of [
			'Content-Length: 2\r\nContent-Length: 3',
			'Content-Length: 2\r\nTransfer-Encoding: chunked',
		]) {
			const answer = await rawRequest(`POST /v1/auth/login HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n{}`);
			expect(statusOf(answer)).toBe(400);
			expect(bodyOf(answer).error.code).toBe('validation');
		}
	});

	test('with headers without measure is refused in the envelope', async () => {
		const answer = await rawRequest(`GET /v1/me HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(200_000)}\r\n\r\n`);
		expect(bodyOf(answer).error.code).toBe('validation');
	});
});

test.each([
	{ 'x-creatorr-identity': 'forged' },
	{ 'X-User-Id': 'usr_01ARZ3NDEKTSV4RRFFQ69G5FAV' },
	{ x_creatorr_identity: 'forged' },
	{ 'x-forwarded-for': '1.2.3.4', forwarded: 'for=1.2.3.4', 'x-forwarded-host': 'evil.example' },
])('identity headers of a client change nothing: %j', async (headers) => {
	const mine = await call('GET', '/v1/me', {
		token: person.token,
		headers: headers as Record<string, string>,
	});
	expect(mine.body.data.id).toBe(person.id);
	expect((await call('GET', '/v1/me', { headers: headers as Record<string, string> })).status).toBe(401);
});

test('no web origin may call unless it is configured', async () => {
	const answer = await fetch(`${BASE_URL}/v1/tools`, { headers: { origin: 'https://evil.example' } });
	expect(answer.headers.get('access-control-allow-origin')).toBeNull();
	expect(answer.headers.get('x-request-id')).toMatch(/^req_/);
});

test('a token logged out at one gateway is refused by the other from that moment on', async () => {
	let accepted = 0;
	for (let round = 0; round < REVOCATION_ROUNDS; round += 1) {
		const { token } = (
			await call('POST', '/v1/auth/login', {
				body: { email: person.email, password: 'correct horse battery' },
			})
		).body.data;
		expect((await call('GET', '/v1/me', { token, base: SECOND_BASE_URL })).status).toBe(200);
		expect((await call('POST', '/v1/auth/logout', { token })).status).toBe(204);
		if ((await call('GET', '/v1/me', { token, base: SECOND_BASE_URL })).status !== 401) accepted += 1;
	}
	expect(accepted).toBe(0);
}, 900_000);
