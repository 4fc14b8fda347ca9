import { slice } from '@creatorr/testing/slice';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { BASE_URL, call, newPerson, type Person, SECOND_BASE_URL } from '../driver/client.ts';
import { openApiDocument, routesOf } from '../driver/openapi.ts';
import { converse, SECURITY_HEADERS } from './support/raw.ts';

/** 1,000 for a thorough run. */
const { REVOCATION_ROUNDS } = process.env;
const rounds = [...Array(Number(REVOCATION_ROUNDS ?? 100)).keys()];
/** `npm test` draws some of them. */
const ROUNDS = REVOCATION_ROUNDS === undefined ? slice(rounds, 25) : rounds;

let person: Person;

beforeAll(async () => {
	person = await newPerson();
});

describe('GET /v1/health', () => {
	test('success: names every service', async () => {
		const response = await call('GET', '/v1/health');
		expect(response.status).toBe(200);
		expect(response.body.data.status).toBe('ok');
		expect(Object.keys(response.body.data.services)).toEqual(
			expect.arrayContaining(['auth', 'files', 'jobs']),
		);
	});
});

describe('GET /v1/openapi.json', () => {
	test('success: is the bare document of OpenAPI 3.1', async () => {
		const response = await call('GET', '/v1/openapi.json');
		expect(response.status).toBe(200);
		expect(response.body.openapi).toMatch(/^3\.1\./);
	});
});

describe('GET /v1/errors', () => {
	test('success: describes every code of requests and jobs, without a token', async () => {
		const response = await call('GET', '/v1/errors');
		expect(response.status).toBe(200);
		const codesOf = (kind: string) =>
			response.body.data
				.filter((error: { kind: string }) => error.kind === kind)
				.map(({ code }: { code: string }) => code);
		const { Error: error, Job: job } = (await call('GET', '/v1/openapi.json')).body.components.schemas;
		expect(codesOf('api')).toEqual(error.properties.error.properties.code.enum);
		expect(codesOf('job')).toEqual(job.properties.error_code.enum);
	});

	test.each([
		['the gateway', '/v1/me', 'unauthorized'],
		['a service', '/v1/files/none', 'not_found'],
	])('success: agrees with an error of %s', async (_, path, code) => {
		const token = code === 'unauthorized' ? undefined : person.token;
		const { error } = (await call('GET', path, token === undefined ? {} : { token })).body;
		const { retryable, docs_url } = error;
		expect(docs_url).toBe(`${BASE_URL}/docs/errors/${code}`);
		const { data } = (await call('GET', '/v1/errors')).body;
		expect(data).toContainEqual(expect.objectContaining({ code, retryable, docs_url }));
	});
});

describe('GET /v1/tools', () => {
	test('success: describes tools with a JSON Schema of their params, without a token', async () => {
		const { data } = (await call('GET', '/v1/tools')).body;
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
		const response = await call('GET', '/v1/me', { headers: { 'x-request-id': mine } });
		expect(response.headers.get('x-request-id')).not.toBe(mine);
		expect(response.body.error.request_id).toBe(response.headers.get('x-request-id'));
	});

	test.each(['/v1/me', '/v1/tools', '/nothing', '/v1/auth/login'])(
		'of %s has the security headers and reveals nothing about the server',
		async (path) => {
			const { headers } = await call('GET', path);
			for (const [name, value] of Object.entries(SECURITY_HEADERS))
				expect([name, headers.get(name)]).toEqual([name, value]);
			for (const name of ['x-powered-by', 'server', 'set-cookie', 'etag'])
				expect(headers.get(name)).toBeNull();
		},
	);

	test.each([
		['GET', '/nothing', 404],
		['GET', '/v1', 404],
		['GET', '/v1/nothing', 404],
		['GET', '/v1/me/', 404],
		['GET', '/V1/me', 404],
		['GET', '/metrics', 404],
		['GET', '/health/ready', 404],
		['GET', '/internal/jwks', 404],
		['POST', '/internal/sessions/check', 404],
	])('to %s %s is %i in the envelope', async (method, path, status) => {
		const response = await call(method, path, { token: person.token });
		expect([response.status, response.body.error.code]).toEqual([status, 'not_found']);
	});

	test('to another method is 405 and says which are allowed, for every route', async () => {
		const routes = routesOf(await openApiDocument());
		for (const path of new Set(routes.map((route) => route.path))) {
			const response = await call('PUT', path.replace('{id}', 'x'));
			expect([path, response.status, response.body.error.code]).toEqual([path, 405, 'method_not_allowed']);
			const allowed = (response.headers.get('allow') ?? '')
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
		['2,000 brackets', `${'['.repeat(1e3)}${']'.repeat(1e3)}`, json],
		['1,300 empty arrays', `[${'[],'.repeat(1_300)}[]]`, json],
	])('of %s is a validation error', async (_, raw, headers) => {
		const response = await post(raw, headers);
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
	});

	test('of the maximum length is read, one byte more is too_large', async () => {
		const padded = (length: number) => {
			const empty = JSON.stringify({ email: 'a@example.com', password: 'wrong password', x: '' });
			return empty.replace('"x":""', `"x":"${'a'.repeat(length - empty.length)}"`);
		};
		expect((await post(padded(4 * 1024), json)).status).toBe(401);
		const response = await post(padded(4 * 1024 + 1), json);
		expect([response.status, response.body.error.code]).toEqual([413, 'too_large']);
	});

	test('that is declared huge is refused before it is sent', async () => {
		const { responses } = await converse(
			'POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n',
		);
		expect(responses.map(({ status, body }) => [status, body.error.code])).toEqual([[413, 'too_large']]);
	});

	test('of endless chunks is cut off', async () => {
		const chunk = `10000\r\n${'a'.repeat(0x10000)}\r\n`;
		const { responses } = await converse(
			`POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(20)}`,
		);
		expect(responses.map(({ status, body }) => [status, body.error.code])).toEqual([[413, 'too_large']]);
	});
});

test('a token signed out at one gateway is rejected by the other from that moment on', async () => {
	let accepted = 0;
	for (const _ of ROUNDS) {
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
