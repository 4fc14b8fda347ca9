import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@creatorr/contracts/errors';
import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import { newId } from '@creatorr/contracts/ids';
import { defineOperation, enveloped } from '@creatorr/contracts/operation';
import { describe, expect, jest, test } from '@jest/globals';
import jwt from 'jsonwebtoken';
import request from 'supertest';
import { z } from 'zod';
import { createService } from './create-service.ts';
import { setAppUrl } from './error-docs.ts';
import { createIdentitySigner, createIdentityVerifier } from './identity.ts';
import { defineRoute } from './route.ts';

const ignore = () => undefined;
const gateway = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const worker = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (key: typeof gateway) => key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const signAsGateway = createIdentitySigner('gateway', pem(gateway));
const signAsWorker = createIdentitySigner('tool-worker', pem(worker));
const verifyIdentity = createIdentityVerifier({
	keys: [
		{ ...gateway.publicKey.export({ format: 'jwk' }), kid: 'gateway' },
		{ ...worker.publicKey.export({ format: 'jwk' }), kid: 'tool-worker' },
	],
});
const user = { id: newId('usr'), sessionId: newId('ses') };

const echo = defineOperation({
	id: 'echo',
	method: 'post',
	path: '/v1/echo/{id}',
	service: 'jobs',
	access: 'user',
	summary: 'Echo.',
	params: z.object({ id: z.string().max(5) }),
	query: z.object({ times: z.coerce.number().int().default(1) }),
	maxBodyBytes: 1024,
	body: z.object({ text: z.string().min(1) }),
	status: 201,
	response: enveloped(z.object({ text: z.string(), user_id: z.string() })),
	errors: [],
});
const readOwn = defineOperation({
	id: 'readOwn',
	method: 'get',
	path: '/v1/own',
	service: 'jobs',
	access: 'user',
	scope: 'jobs:read',
	summary: 'Read.',
	status: 200,
	response: enveloped(z.object({ key_id: z.string().nullable() })),
	errors: [],
});
const claim = defineOperation({
	id: 'claim',
	method: 'put',
	path: '/internal/claim',
	service: 'jobs',
	access: ['tool-worker'],
	summary: 'Claim.',
	status: 204,
	errors: [],
});

const app = createService({
	logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
	verifyIdentity,
	routes: [
		defineRoute(echo, async ({ body, query, user: { id }, params }) => {
			if (params.id === 'bug') throw new TypeError('select secret from users');
			if (params.id === 'away') throw new AppError('upstream_unavailable', 'later', { retryAfterSeconds: 3 });
			return { data: { text: body.text.repeat(query.times), user_id: id } };
		}),
		defineRoute(readOwn, async ({ user: { key } }) => ({ data: { key_id: key?.id ?? null } })),
		defineRoute(claim, async () => undefined),
	],
	checks: { good: async () => undefined, bad: () => Promise.reject(new Error('secret host')) },
});

test('an error says whether to retry and where it is explained', async () => {
	const failure = async (id: string) => (await post(`/v1/echo/${id}`).send({ text: 'a' })).body.error;
	expect(await failure('away')).toMatchObject({
		retryable: true,
		docs_url: '/docs/errors/upstream_unavailable',
	});
	setAppUrl('https://app.example.com');
	try {
		expect(await failure('toolong')).toMatchObject({
			retryable: false,
			docs_url: 'https://app.example.com/docs/errors/not_found',
		});
	} finally {
		setAppUrl(undefined);
	}
});

function post(path = '/v1/echo/a', identity = signAsGateway(user)) {
	return request(app).post(path).set(IDENTITY_HEADER, identity);
}

describe('a route', () => {
	test('gets parsed input, and responds with its status', async () => {
		const response = await post('/v1/echo/a?times=2').send({ text: 'hi', extra: 1 });
		expect(response.status).toBe(201);
		expect(response.body).toEqual({ data: { text: 'hihi', user_id: user.id } });
		expect(response.headers['x-request-id']).toMatch(/^req_/);
	});

	test('keeps the request id of another process, and replaces text that is none', async () => {
		const given = newId('req');
		const kept = await post().set('X-Request-Id', given).send({ text: 'a' });
		expect(kept.headers['x-request-id']).toBe(given);
		const replaced = await post().set('X-Request-Id', 'mine').send({ text: 'a' });
		expect(replaced.headers['x-request-id']).toMatch(/^req_/);
	});

	test.each([
		['a wrong type', { text: 1 }, 'text'],
		['a missing field', {}, 'text'],
		['an array', [], 'body'],
		['null', null, 'body'],
	])('refuses %s and names the path', async (_, body, path) => {
		const response = await post().set('Content-Type', 'application/json').send(JSON.stringify(body));
		expect(response.status).toBe(400);
		expect(response.body.error).toMatchObject({ code: 'validation', details: [{ path }] });
	});

	test('names a wrong query parameter', async () => {
		const response = await post('/v1/echo/a?times=x').send({ text: 'a' });
		expect(response.body.error.details[0].path).toBe('query.times');
	});

	test('returns not_found for a path parameter that is no id', async () => {
		expect((await post('/v1/echo/toolong').send({ text: 'a' })).status).toBe(404);
		expect((await post('/v1/echo/%zz').send({ text: 'a' })).status).toBe(400);
	});

	test.each([
		['malformed JSON', 'application/json', '{"text":', 400, 'validation'],
		['another content type', 'text/plain', '{"text":"a"}', 400, 'validation'],
		['another charset', 'application/json; charset=latin1', '{"text":"a"}', 400, 'validation'],
		['UTF-16', 'application/json; charset=utf-16', Buffer.from('{"text":"a"}', 'utf16le'), 400, 'validation'],
		[
			'bytes that are no UTF-8',
			'application/json',
			Buffer.from('{"text":"\xff"}', 'latin1'),
			400,
			'validation',
		],
		['NUL', 'application/json', '{"text":"a\\u0000"}', 400, 'validation'],
		['NUL in a name', 'application/json', '{"text":"a","x\\u0000":1}', 400, 'validation'],
		[
			'a lone surrogate in an unknown field',
			'application/json',
			'{"text":"a","x":[{"y":"\\ud800"}]}',
			400,
			'validation',
		],
		[
			'33 levels',
			'application/json',
			`{"text":"a","x":${'['.repeat(32)}${']'.repeat(32)}}`,
			400,
			'validation',
		],
		[
			'33 values in 1 KiB',
			'application/json',
			JSON.stringify({ text: 'a', x: new Array(30).fill(0) }),
			400,
			'validation',
		],
		[
			'more than its operation takes',
			'application/json',
			JSON.stringify({ text: 'a'.repeat(1024) }),
			413,
			'too_large',
		],
	])('refuses a body of %s', async (_, type, body, status, code) => {
		const response = await post()
			.set('Content-Type', type)
			.serialize((sent) => sent)
			.send(body);
		expect([response.status, response.body.error?.code]).toEqual([status, code]);
	});

	test('accepts as many values as its operation allows', async () => {
		expect((await post().send({ text: 'a', x: new Array(29).fill(0) })).status).toBe(201);
	});

	test('refuses a body of many values before it is parsed', async () => {
		const parse = jest.spyOn(JSON, 'parse');
		try {
			await post()
				.set('Content-Type', 'application/json')
				.send(`{"text":"a","x":[${'[],'.repeat(300)}[]]}`);
			expect(parse.mock.calls.filter(([text]) => text.startsWith('{"text"'))).toEqual([]);
		} finally {
			parse.mockRestore();
		}
	});

	test.each(['{"text":"a","__proto__":{"x":1}}', '{"text":"a","constructor":{"prototype":{"x":1}}}'])(
		'ignores %s as an unknown field',
		async (body) => {
			expect((await post().set('Content-Type', 'application/json').send(body)).status).toBe(201);
			expect(({} as { x?: number }).x).toBeUndefined();
		},
	);

	test('refuses a compressed body', async () => {
		const response = await post()
			.set('Content-Type', 'application/json')
			.set('Content-Encoding', 'gzip')
			.send('{}');
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
	});

	test('hides the details of a bug', async () => {
		const response = await post('/v1/echo/bug').send({ text: 'a' });
		expect(response.status).toBe(500);
		expect(response.body.error.code).toBe('internal');
		expect(JSON.stringify(response.body)).not.toMatch(/secret|TypeError|\.ts/);
	});

	test('sends Retry-After', async () => {
		const response = await post('/v1/echo/away').send({ text: 'a' });
		expect([response.status, response.headers['retry-after']]).toEqual([503, '3']);
	});
});

describe('an identity', () => {
	const forged = (claims: object, options: jwt.SignOptions, key = gateway.privateKey) =>
		jwt.sign(claims, key, { algorithm: 'ES256', keyid: 'gateway', expiresIn: 60, ...options });
	const good = { issuer: 'gateway', audience: 'creatorr-internal', subject: user.id };
	const sid = { sid: user.sessionId };

	test.each([
		['missing', ''],
		['garbage', 'x.y.z'],
		[
			'signed with an unknown key',
			forged(sid, good, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
		],
		['for another audience', forged(sid, { ...good, audience: 'creatorr-api' })],
		['expired', forged(sid, { ...good, expiresIn: -1 })],
		[
			'older than any that is made',
			forged({ ...sid, iat: Math.floor(Date.now() / 1_000) - 600 }, { ...good, expiresIn: 3_600 }),
		],
		[
			'from a worker that speaks for a user',
			forged(sid, { ...good, issuer: 'tool-worker', keyid: 'tool-worker' }, worker.privateKey),
		],
		[
			'from a worker that calls itself gateway',
			forged(sid, { ...good, keyid: 'tool-worker' }, worker.privateKey),
		],
		['of no user', signAsGateway()],
		['unsigned', jwt.sign(sid, '', { algorithm: 'none', keyid: 'gateway', ...good })],
	])('that is %s is refused', async (_, token) => {
		const response = await post('/v1/echo/a', token).send({ text: 'a' });
		expect([response.status, response.body.error.code]).toEqual([401, 'unauthorized']);
	});

	test('of another caller than the gateway has no user, whatever it claims', () => {
		const token = forged(sid, { ...good, issuer: 'tool-worker', keyid: 'tool-worker' }, worker.privateKey);
		expect(() => verifyIdentity(token)).toThrow(expect.objectContaining({ code: 'unauthorized' }));
	});

	test('is rejected after its expiry, though it is cached', () => {
		const token = forged(sid, good);
		expect(verifyIdentity(token).caller).toBe('gateway');
		jest.useFakeTimers({ now: Date.now() + 61_000 });
		try {
			expect(() => verifyIdentity(token)).toThrow(expect.objectContaining({ code: 'unauthorized' }));
		} finally {
			jest.useRealTimers();
		}
	});

	test('is signed again when the machine was suspended for longer than its lifetime', async () => {
		const token = signAsGateway();
		// The cache reads the clock at most once a millisecond.
		await sleep(5);
		const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000);
		try {
			expect(() => verifyIdentity(token)).toThrow(expect.objectContaining({ code: 'unauthorized' }));
			expect(verifyIdentity(signAsGateway()).caller).toBe('gateway');
		} finally {
			now.mockRestore();
		}
	});

	test('of an API key names the key and its tools, as they are now', () => {
		const id = newId('key');
		const identityOf = (tools: string[] | null) =>
			verifyIdentity(signAsGateway({ id: user.id, key: { id, tools } })).user;
		expect(identityOf(null)).toEqual({ id: user.id, key: { id, tools: null } });
		expect(identityOf(['ocr'])).toEqual({ id: user.id, key: { id, tools: ['ocr'] } });
	});

	test('of an API key opens only routes with a scope', async () => {
		const key = { id: newId('key'), tools: null };
		const identity = signAsGateway({ id: user.id, key });
		const read = await request(app).get('/v1/own').set(IDENTITY_HEADER, identity);
		expect([read.status, read.body.data]).toEqual([200, { key_id: key.id }]);
		expect((await post('/v1/echo/a', identity).send({ text: 'a' })).status).toBe(401);
	});

	test('of a caller opens only the routes for that caller', async () => {
		const call = (token: string) => request(app).put('/internal/claim').set(IDENTITY_HEADER, token);
		expect((await call(signAsWorker())).status).toBe(204);
		expect((await call(signAsGateway(user))).status).toBe(401);
	});
});

test('readiness names the failing check and not its reason', async () => {
	const response = await request(app).get('/health/ready');
	expect(response.status).toBe(503);
	expect(response.body.error.details).toEqual([{ path: 'bad', message: 'is down' }]);
	expect((await request(app).get('/health/live')).body).toEqual({ data: { status: 'ok' } });
});

test('an unknown path returns not_found', async () => {
	expect((await request(app).get('/nothing')).body.error.code).toBe('not_found');
});

describe('/metrics', () => {
	const requestsOf = async (operation: string, status: number) => {
		const { text } = await request(app).get('/metrics');
		const name = `creatorr_http_request_duration_seconds_count{operation="${operation}",status="${status}"} `;
		const line = text.split('\n').find((candidate) => candidate.startsWith(name));
		return Number(line?.slice(name.length) ?? 0);
	};

	test('counts the requests of an operation by status', async () => {
		const before = { created: await requestsOf('echo', 201), refused: await requestsOf('echo', 401) };
		await post('/v1/echo/a').send({ text: 'a' });
		await post('/v1/echo/a', 'nonsense').send({ text: 'a' });
		expect(await requestsOf('echo', 201)).toBe(before.created + 1);
		expect(await requestsOf('echo', 401)).toBe(before.refused + 1);
	});

	test('has the metrics of the process, in Prometheus’ format', async () => {
		const response = await request(app).get('/metrics');
		expect(response.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
		expect(response.text).toMatch(/^process_resident_memory_bytes \d+$/m);
	});
});
