import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { ApiError, ConnectionError, createClient, StoreError } from '../src/index.ts';
import { collectGarbage } from './support/collect-garbage.ts';
import {
	type Handle,
	readBody,
	reply,
	replyError,
	startServer,
	type TestServer,
} from './support/start-server.ts';

let server: TestServer;
afterEach(() => server.stop());

async function clientOf(handle: Handle, options: { retries?: number } = {}) {
	server = await startServer(handle);
	return createClient({ baseUrl: server.url, ...options });
}

const DETAILS = [{ path: 'params.quality', message: 'must be <= 100' }];

test('an ApiError has every field of the response', async () => {
	const client = await clientOf((_, response) => {
		const error = { code: 'validation', message: 'no', request_id: 'req_7', details: DETAILS };
		const more = { retryable: false, docs_url: '/docs/errors/validation', violated_policies: ['jobs'] };
		reply(response, 400, { error: { ...error, ...more } }, { 'retry-after': '7' });
	});
	const failure = await client.jobs.create({ tool: 'ocr', input_file_id: 'x' }).catch((error) => error);
	expect(failure).toBeInstanceOf(ApiError);
	const expected = {
		code: 'validation',
		status: 400,
		requestId: 'req_7',
		details: DETAILS,
		retryAfterMs: 7_000,
		violatedPolicies: ['jobs'],
		retryable: false,
		docsUrl: `${server.url}/docs/errors/validation`,
	};
	expect(failure).toMatchObject(expected);
});

test.each([
	['rate_limited', 429, true],
	['plan_limit', 403, false],
	['of_next_year', 403, false],
])('an ApiError %s of an older API is retryable if it is today', async (code, status, retryable) => {
	const client = await clientOf((_, response) => replyError(response, status, code), { retries: 0 });
	const failure = await client.tools().catch((error) => error);
	expect(failure).toMatchObject({ code, retryable, docsUrl: undefined });
});

test.each<[string, Handle]>([
	[
		'a page of a proxy',
		(_, response) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<html>'),
	],
	['no JSON', (_, response) => void response.writeHead(200).end('hello')],
	['an empty object', (_, response) => reply(response, 200, {})],
	['null', (_, response) => reply(response, 200, null)],
	['an object in place of a list', (_, response) => reply(response, 200, { data: {} })],
	['a list of something else', (_, response) => reply(response, 200, { data: [null] })],
	['nothing', (_, response) => void response.writeHead(200).end()],
	['a closed connection', (request) => void request.socket.destroy()],
])('a call rejects with ConnectionError for %s instead of a response', async (_, handle) => {
	const client = await clientOf(handle, { retries: 0 });
	await expect(client.tools()).rejects.toBeInstanceOf(ConnectionError);
});

test.each([{}, { data: null }, { data: {} }, { data: [] }, []])(
	'a call rejects with ConnectionError for %j instead of an object',
	async (body) => {
		const { account } = await clientOf((_, response) => reply(response, 200, body));
		await expect(account.login({ email: 'a@b.c', password: 'x' })).rejects.toBeInstanceOf(ConnectionError);
	},
);

/** Fails the first `times` requests, and then succeeds. */
function failFirst(times: number, fail: (response: ServerResponse) => unknown) {
	const calls = { count: 0 };
	const handle: Handle = (_, response) => {
		calls.count += 1;
		if (calls.count <= times) return fail(response);
		reply(response, 200, { data: [] });
	};
	return { calls, handle };
}
const drop = (response: ServerResponse) => response.destroy();
const busy = (seconds: string) => (response: ServerResponse) =>
	replyError(response, 503, 'upstream_unavailable', { 'retry-after': seconds });

test.each([drop, busy('0')])('a read is retried twice', async (fail) => {
	const { calls, handle } = failFirst(2, fail);
	const client = await clientOf(handle);
	expect([await client.tools(), calls.count]).toEqual([[], 3]);
});

test('a read is retried no more than twice', async () => {
	const { calls, handle } = failFirst(9, busy('0'));
	const client = await clientOf(handle);
	await expect(client.tools()).rejects.toMatchObject({ code: 'upstream_unavailable' });
	expect(calls.count).toBe(3);
});

test('a long Retry-After is reported at once', async () => {
	const { calls, handle } = failFirst(1, busy('60'));
	const client = await clientOf(handle);
	await expect(client.tools()).rejects.toMatchObject({ retryAfterMs: 60_000 });
	expect(calls.count).toBe(1);
});

test('a write is not retried', async () => {
	const { calls, handle } = failFirst(1, drop);
	const client = await clientOf(handle);
	const declaration = { name: 'a', mime_type: 'a/b', size_bytes: 1 };
	await expect(client.files.create(declaration)).rejects.toBeInstanceOf(ConnectionError);
	expect(calls.count).toBe(1);
});

test('job creation is retried with the same key', async () => {
	const keys: unknown[] = [];
	const client = await clientOf((request, response) => {
		keys.push(request.headers['idempotency-key']);
		if (keys.length < 3) return request.socket.destroy();
		reply(response, 201, { data: { id: 'job_1' } });
	});
	await client.jobs.create({ tool: 'ocr', input_file_id: 'fil_1' });
	expect([keys.length, new Set(keys).size, keys[0]]).toEqual([3, 1, expect.stringMatching(/^[\w-]{20,}$/)]);
});

const limited = (seconds: string) => (response: ServerResponse) =>
	replyError(response, 429, 'rate_limited', { 'retry-after': seconds });

test('a signed-in call is retried after a rate limit, even if it writes', async () => {
	const bodies: string[] = [];
	server = await startServer(async (request, response) => {
		bodies.push((await readBody(request)).toString());
		if (bodies.length <= 4) return limited('0')(response);
		reply(response, 201, { data: { file_id: 'fil_1' } });
	});
	const client = createClient({ baseUrl: server.url, token: 'mine' });
	const declaration = { name: 'a', mime_type: 'a/b', size_bytes: 1 };
	expect(await client.files.create(declaration)).toEqual({ file_id: 'fil_1' });
	expect(bodies).toEqual(Array(5).fill(JSON.stringify(declaration)));
});

test('a call is retried no sooner than the response asks', async () => {
	const times: number[] = [];
	server = await startServer((_, response) => {
		times.push(performance.now());
		if (times.length === 1) return limited('1')(response);
		reply(response, 200, { data: { id: 'usr_1' } });
	});
	await createClient({ baseUrl: server.url, token: 'mine' }).account.me();
	expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(999);
});

test.each<[string, { token?: string; retries?: number; rateLimitWaitMs?: number }, string]>([
	['without a token', {}, '0'],
	['with a wait beyond its limit', { token: 'mine' }, '121'],
	['with a limit of the wait of 1 s', { token: 'mine', rateLimitWaitMs: 1_000 }, '2'],
	['with retries switched off', { token: 'mine', retries: 0 }, '0'],
])('a call %s reports a rate limit at once', async (_, options, seconds) => {
	const { calls, handle } = failFirst(9, limited(seconds));
	server = await startServer(handle);
	const client = createClient({ baseUrl: server.url, ...options });
	await expect(client.tools()).rejects.toMatchObject({ code: 'rate_limited' });
	expect(calls.count).toBe(1);
});

test('a call with a password reports a rate limit at once, so that a person sees it', async () => {
	const { calls, handle } = failFirst(9, limited('1'));
	server = await startServer(handle);
	const { account } = createClient({ baseUrl: server.url, token: 'mine' });
	await expect(account.delete('secret')).rejects.toMatchObject({ code: 'rate_limited' });
	expect(calls.count).toBe(1);
});

test('an abort ends the delay before a retry, with its reason', async () => {
	const controller = new AbortController();
	const client = await clientOf((_, response) => {
		busy('10')(response);
		response.on('close', () => controller.abort(new Error('enough')));
	});
	await expect(client.tools({ signal: controller.signal })).rejects.toThrow('enough');
});

test('an abort ends a call after its request was garbage collected', async () => {
	const controller = new AbortController();
	const client = await clientOf(async () => {
		await collectGarbage();
		controller.abort(new Error('enough'));
	});
	await expect(client.tools({ signal: controller.signal })).rejects.toThrow('enough');
});

test('the token is the API key of the environment if none is given', async () => {
	const seen: unknown[] = [];
	server = await startServer((request, response) => {
		seen.push(request.headers.authorization);
		reply(response, 200, { data: { id: 'usr_1' } });
	});
	process.env.CREATORR_API_KEY = 'ctr_live_1';
	try {
		await createClient({ baseUrl: server.url }).account.me();
		await createClient({ baseUrl: server.url, token: 'mine' }).account.me();
		await createClient({ baseUrl: server.url, token: () => undefined }).account.me();
	} finally {
		delete process.env.CREATORR_API_KEY;
	}
	expect(seen).toEqual(['Bearer ctr_live_1', 'Bearer mine', undefined]);
});

test('onUnauthorized receives a rejected token', async () => {
	const rejections: unknown[] = [];
	server = await startServer((_, response) => replyError(response, 401, 'unauthorized'));
	const onUnauthorized = (error: ApiError, token: string | undefined) => rejections.push([error.code, token]);
	const client = createClient({ baseUrl: server.url, token: 'one', onUnauthorized });
	await expect(client.account.me()).rejects.toMatchObject({ code: 'unauthorized' });
	expect(rejections).toEqual([['unauthorized', 'one']]);
});

test('onUnauthorized ignores a late rejection of an older token', async () => {
	const rejections: unknown[] = [];
	let answerFirst: () => void = () => undefined;
	server = await startServer((request, response) => {
		if (request.headers.authorization === 'Bearer new')
			return reply(response, 200, { data: { id: 'usr_1' } });
		answerFirst = () => replyError(response, 401, 'unauthorized');
		started.dispatchEvent(new Event('asked'));
	});
	const started = new EventTarget();
	let token = 'old';
	const client = createClient({
		baseUrl: server.url,
		token: () => token,
		onUnauthorized: () => rejections.push(token),
	});
	const asked = once(started, 'asked');
	const late = client.account.me();
	await asked;
	token = 'new';
	expect(await client.account.me()).toEqual({ id: 'usr_1' });
	answerFirst();
	await expect(late).rejects.toMatchObject({ code: 'unauthorized' });
	expect(rejections).toEqual([]);
});

test('download requests a fresh URL, and sends no token to the store', async () => {
	const tokens: unknown[] = [];
	server = await startServer((request, response) => {
		tokens.push(request.headers.authorization);
		if (request.url === '/store/x')
			return void response.writeHead(200, { 'content-type': 'text/plain' }).end('bytes');
		reply(response, 200, { data: { id: 'fil_1', download_url: `${server.url}/store/x` } });
	});
	const client = createClient({ baseUrl: server.url, token: 'mine' });
	const { file, blob } = await client.files.download('fil_1');
	expect([file.id, await (await blob()).text(), tokens]).toEqual([
		'fil_1',
		'bytes',
		['Bearer mine', undefined],
	]);
	const { stream } = await client.files.download('fil_1');
	expect(await new Response(stream).text()).toBe('bytes');
});

test('download bypasses the browser’s cache of a link to the same URL', async () => {
	server = await startServer((request, response) => {
		if (request.url === '/store/x') return void response.end('bytes');
		reply(response, 200, { data: { id: 'fil_1', download_url: `${server.url}/store/x` } });
	});
	const asked = new Map<string, string>();
	const client = createClient({
		baseUrl: server.url,
		fetch: (input, init) => {
			if (input instanceof Request) asked.set(new URL(input.url).pathname, input.cache);
			return fetch(input, init);
		},
	});
	await (await client.files.download('fil_1')).blob();
	expect(asked.get('/store/x')).toBe('no-store');
});

test('download rejects with StoreError if the store no longer has the bytes', async () => {
	server = await startServer((request, response) => {
		if (request.url === '/store/x') return void response.writeHead(404).end();
		const url = request.url === '/v1/files/pending' ? null : `${server.url}/store/x`;
		reply(response, 200, { data: { id: 'fil_1', name: 'a.pdf', download_url: url } });
	});
	const client = createClient({ baseUrl: server.url });
	await expect(client.files.download('gone')).rejects.toMatchObject({ name: 'StoreError', status: 404 });
	await expect(client.files.download('pending')).rejects.toBeInstanceOf(StoreError);
});
