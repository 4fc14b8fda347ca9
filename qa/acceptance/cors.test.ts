import { beforeAll, describe, expect, test } from '@jest/globals';
import { BASE_URL, call, newPerson } from '../driver/client.ts';
import { openApiDocument, type Route, routesOf } from '../driver/openapi.ts';

/** The web origin that the product under test allows. */
const ORIGIN = process.env.TEST_WEB_ORIGIN ?? 'http://localhost:3000';
const EXPOSED = ['x-request-id', 'retry-after', 'idempotency-replayed', 'ratelimit-policy', 'ratelimit'];

const listOf = (value: string | null) => (value ?? '').toLowerCase().split(', ');

let routes: Route[];

beforeAll(async () => {
	routes = routesOf(await openApiDocument());
});

const preflight = (path: string, origin: string, method: string) =>
	fetch(BASE_URL + path, {
		method: 'OPTIONS',
		headers: {
			origin,
			'access-control-request-method': method,
			'access-control-request-headers': 'authorization,content-type,idempotency-key',
		},
	});

describe('a web origin that is configured', () => {
	test('may call every route with a token and a body', async () => {
		for (const { method, path } of routes) {
			const { status, headers } = await preflight(path.replace('{id}', 'x'), ORIGIN, method);
			expect([path, status, headers.get('access-control-allow-origin')]).toEqual([path, 204, ORIGIN]);
			expect(listOf(headers.get('access-control-allow-methods'))).toContain(method.toLowerCase());
			expect(listOf(headers.get('access-control-allow-headers'))).toEqual(
				expect.arrayContaining(['authorization', 'content-type', 'idempotency-key']),
			);
			expect(headers.get('access-control-allow-credentials')).toBeNull();
		}
	});

	test.each([
		['/v1/tools', 200],
		['/v1/me', 401],
		['/v1/nothing', 404],
		['/v1/auth/login', 405],
		['/v1/files/%00', 400],
	])('may read the response of %s, %i, and what it says in headers', async (path, status) => {
		const response = await call('GET', path, { headers: { origin: ORIGIN } });
		expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([status, ORIGIN]);
		expect(listOf(response.headers.get('access-control-expose-headers'))).toEqual(EXPOSED);
		expect(listOf(response.headers.get('vary'))).toContain('origin');
	});

	test('may upload to the store, and read the ETag of a part', async () => {
		const { token } = await newPerson();
		const body = { name: 'a.pdf', mime_type: 'application/pdf', size_bytes: 5 * 1024 ** 2, multipart: true };
		const { multipart } = (await call('POST', '/v1/files', { token, body })).body.data;
		const url = multipart.parts[0].upload_url;
		const asked = await fetch(url, {
			method: 'OPTIONS',
			headers: { origin: ORIGIN, 'access-control-request-method': 'PUT' },
		});
		expect([ORIGIN, '*']).toContain(asked.headers.get('access-control-allow-origin'));
		const put = await fetch(url, {
			method: 'PUT',
			headers: { origin: ORIGIN },
			body: new Uint8Array(5 * 1024 ** 2),
		});
		expect(put.status).toBe(200);
		expect(listOf(put.headers.get('access-control-expose-headers'))).toContain('etag');
	});
});

describe('any other web origin', () => {
	const { protocol, hostname, port } = new URL(ORIGIN);

	test.each([
		...[
			'https://evil.example',
			'null',
			'*',
			`${ORIGIN}/`,
			`${ORIGIN}.evil.example`,
			`${ORIGIN}0`,
			ORIGIN.toUpperCase(),
		],
		...[
			`${protocol}//evil.${hostname}:${port}`,
			`${protocol}//${hostname}`,
			`https://${hostname}:${port}`,
			` , ${ORIGIN}`,
		],
	])('such as %s may not', async (origin) => {
		for (const path of ['/v1/tools', '/v1/me']) {
			const { headers } = await call('GET', path, { headers: { origin } });
			expect(headers.get('access-control-allow-origin')).toBeNull();
			expect(headers.get('access-control-allow-credentials')).toBeNull();
			expect(listOf(headers.get('vary'))).toContain('origin');
		}
		const asked = await preflight('/v1/me', origin, 'GET');
		expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([405, null]);
	});
});
