import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { startTestGateway, type TestGateway } from '../testing/gateway.ts';

const PAGE = '<!doctype html><title>creatorr</title>';
const SCRIPT = `console.log(${JSON.stringify('x'.repeat(200))})`;

let auth: FakeAuth;
let gateway: TestGateway;
let build: string;

function makeBuild(): string {
	const directory = mkdtempSync(join(tmpdir(), 'creatorr-web-'));
	mkdirSync(join(directory, 'public', 'assets'), { recursive: true });
	mkdirSync(join(directory, 'public', '.vite'));
	mkdirSync(join(directory, 'public', 'assets', 'decoders-1.2'));
	const put = (name: string, bytes: string | Buffer) => writeFileSync(join(directory, name), bytes);
	put('pages.json', JSON.stringify(['/', '/history', '/tools/{slug}']));
	put('public/index.html', PAGE);
	put('public/theme.js', SCRIPT);
	put('public/assets/decoders-1.2/one.js', SCRIPT);
	put('public/assets/index-abc.js', SCRIPT);
	put('public/assets/index-abc.js.br', brotliCompressSync(SCRIPT));
	put('public/.vite/manifest.json', '{}');
	return directory;
}

beforeAll(async () => {
	build = makeBuild();
	auth = await startFakeAuth();
	gateway = await startTestGateway({
		auth,
		env: { WEB_DIR: build, STORE_ORIGINS: 'https://store.example' },
	});
});

afterAll(async () => {
	await gateway.stop();
	await auth.close();
	rmSync(build, { recursive: true });
});

const get = (path: string, init: RequestInit = {}) => fetch(gateway.url + path, init);

async function codeOf(response: Response): Promise<string> {
	return ((await response.json()) as { error: { code: string } }).error.code;
}

describe('a page', () => {
	test.each([
		'/',
		'/history',
		'/tools/compress_heavy',
		'/tools/a.b',
		`/tools/${'aa.'.repeat(60)}aa!`,
		'/?from=mail',
	])('is served at %s', async (path) => {
		const response = await get(path);
		expect([response.status, await response.text()]).toEqual([200, PAGE]);
		expect(response.headers.get('content-type')).toMatch(/^text\/html/);
		expect(response.headers.get('x-request-id')).toMatch(/^req_/);
	});

	test('runs only our own scripts and styles, and connects only to the API and the store', async () => {
		const { headers } = await get('/');
		const policy = headers.get('content-security-policy') ?? '';
		expect(policy).not.toMatch(/unsafe|\*/);
		expect(policy.split('; ')).toEqual(
			expect.arrayContaining([
				"default-src 'none'",
				"script-src 'self'",
				"style-src 'self'",
				"connect-src 'self' https://store.example",
				"frame-ancestors 'none'",
			]),
		);
		expect(headers.get('x-content-type-options')).toBe('nosniff');
		expect(headers.get('referrer-policy')).toBe('no-referrer');
	});

	test('is revalidated each time, and not sent when it is unchanged', async () => {
		const first = await get('/');
		expect(first.headers.get('cache-control')).toBe('no-cache');
		const again = await get('/', { headers: { 'If-None-Match': first.headers.get('etag') ?? '' } });
		expect(again.status).toBe(304);
	});

	test('has a HEAD response without the page', async () => {
		const response = await get('/', { method: 'HEAD' });
		expect([response.status, await response.text()]).toEqual([200, '']);
		expect(Number(response.headers.get('content-length'))).toBe(PAGE.length);
	});

	test('allows no other method', async () => {
		const response = await get('/', { method: 'POST', body: 'x' });
		expect([response.status, await codeOf(response)]).toEqual([405, 'method_not_allowed']);
		expect(response.headers.get('allow')).toBe('GET, HEAD');
	});
});

describe('an asset', () => {
	test('with a hash in its name is cached forever', async () => {
		const response = await get('/assets/index-abc.js');
		expect([response.status, await response.text()]).toEqual([200, SCRIPT]);
		expect(response.headers.get('content-type')).toMatch(/javascript/);
		expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
	});

	test('may be in a directory with a dot in its name', async () => {
		expect(await (await get('/assets/decoders-1.2/one.js')).text()).toBe(SCRIPT);
	});

	test('without a hash in its name is not cached', async () => {
		expect((await get('/theme.js')).headers.get('cache-control')).toBe('no-cache');
	});

	test('stays as it was at the start when the build changes', async () => {
		rmSync(join(build, 'public', 'theme.js'));
		const response = await get('/theme.js');
		expect([response.status, await response.text()]).toEqual([200, SCRIPT]);
	});

	test.each(['bytes=5-3', 'bytes=0-99999999999999999999', 'bytes=-5', 'nonsense'])(
		'is sent whole for the range %s',
		async (range) => {
			const response = await get('/assets/index-abc.js', { headers: { Range: range } });
			expect([response.status, await response.text()]).toEqual([200, SCRIPT]);
		},
	);

	test('is sent uncompressed to a client that accepts nothing else', async () => {
		const response = await get('/assets/index-abc.js', { headers: { 'Accept-Encoding': 'identity' } });
		expect(response.headers.get('content-encoding')).toBeNull();
		expect(Number(response.headers.get('content-length'))).toBe(SCRIPT.length);
	});

	test('is sent compressed to a client that accepts the coding', async () => {
		const response = await get('/assets/index-abc.js', { headers: { 'Accept-Encoding': 'br' } });
		expect(response.headers.get('content-encoding')).toBe('br');
		expect(response.headers.get('vary')).toMatch(/accept-encoding/i);
		expect(await response.text()).toBe(SCRIPT);
	});
});

test.each([
	'/nothing',
	'/tools',
	'/history/',
	'/index.html',
	'/pages.json',
	'/assets/index-abc.js.br',
	'/assets/',
	'/.vite/manifest.json',
	'/v1/history',
])('%s is not found', async (path) => {
	const response = await get(path);
	expect([response.status, await codeOf(response)]).toEqual([404, 'not_found']);
	expect(response.headers.get('cache-control')).toBe('no-store');
});

describe('a header of more than 1,000 characters is ignored:', () => {
	const ofLength = (length: number, value: string) => value.padEnd(length, ',');

	test('Accept-Encoding', async () => {
		const codingFor = async (length: number) => {
			const headers = { 'Accept-Encoding': ofLength(length, 'br') };
			const response = await get('/assets/index-abc.js', { headers });
			expect(await response.text()).toBe(SCRIPT);
			return response.headers.get('content-encoding');
		};
		expect([await codingFor(1_000), await codingFor(1_001)]).toEqual(['br', null]);
	});

	test('Accept', async () => {
		const typeFor = async (length: number) => {
			const response = await get('/pricing', { headers: { Accept: ofLength(length, 'text/html') } });
			await response.arrayBuffer();
			return response.headers.get('content-type');
		};
		expect([await typeFor(1_000), await typeFor(1_001)]).toEqual([
			expect.stringMatching(/^text\/html/),
			'application/json',
		]);
	});
});

describe('an unknown path', () => {
	const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';
	const open = (path: string, init: RequestInit = {}) => get(path, { headers: { Accept: BROWSER }, ...init });

	test.each(['/pricing', '/login', '/a/b', '/index.html', '/v2', '/v1x'])(
		'returns the not-found page to a browser at %s',
		async (path) => {
			const response = await open(path);
			expect([response.status, await response.text()]).toEqual([404, PAGE]);
			expect(response.headers.get('content-type')).toMatch(/^text\/html/);
			expect(response.headers.get('content-security-policy')).toBe(
				(await get('/')).headers.get('content-security-policy'),
			);
			expect(response.headers.get('vary')).toMatch(/\bAccept\b(?!-)/);
			expect(response.headers.get('cache-control')).toBe('no-store');
		},
	);

	test('has a HEAD response without the page', async () => {
		const response = await open('/pricing', { method: 'HEAD' });
		expect([response.status, await response.text()]).toEqual([404, '']);
	});

	test.each(['/v1', '/v1/nothing'])('returns JSON to a browser at %s', async (path) => {
		const response = await open(path);
		expect([response.status, await codeOf(response)]).toEqual([404, 'not_found']);
	});

	test('returns JSON for another method', async () => {
		const response = await open('/pricing', { method: 'POST', body: 'x' });
		expect([response.status, await codeOf(response)]).toEqual([404, 'not_found']);
	});

	test.each(['*/*', 'application/json', 'application/json, text/html;q=0.9', '', 'nonsense'])(
		'returns JSON to a client that accepts %p',
		async (accept) => {
			const response = await get('/pricing', { headers: { Accept: accept } });
			expect([response.status, await codeOf(response)]).toEqual([404, 'not_found']);
			expect(response.headers.get('vary')).toMatch(/\bAccept\b(?!-)/);
		},
	);
});

test('a directory without a build fails the start with an error that says so', async () => {
	await expect(startTestGateway({ auth, env: { WEB_DIR: join(build, 'public') } })).rejects.toThrow(
		/pages\.json/,
	);
});
