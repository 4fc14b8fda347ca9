import { createServer as createTcpServer } from 'node:net';
import type { TLSSocket, TlsOptions } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { parseRanges } from '@creatorr/service/address-ranges';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createOutbound, type Outbound, type OutboundOptions } from './outbound.ts';
import { startSecureServer, startServer } from './testing/servers.ts';

/** 127.0.0.2 and ::1 stand for addresses that are not allowed. */
const policy = {
	allowed: parseRanges(['127.0.0.1/32']),
	blocked: parseRanges([]),
	allowHttp: true,
	ownHosts: new Set<string>(),
};

const outbounds: Outbound[] = [];
function outboundWith(options: Partial<OutboundOptions> = {}): Outbound {
	const outbound = createOutbound({ policy, resolve: async () => ['127.0.0.1'], ...options });
	outbounds.push(outbound);
	return outbound;
}
afterEach(async () => {
	await Promise.all(outbounds.splice(0).map((outbound) => outbound.close()));
});

type Server = Awaited<ReturnType<typeof startServer>>;
let server: Server;
let forbidden: Server;
const forbiddenRequests: string[] = [];
beforeAll(async () => {
	server = await startServer((req, res) => {
		switch (req.url) {
			case '/redirect':
				res.writeHead(302, { location: `http://127.0.0.2:${forbidden.port}/` }).end('see there');
				return;
			case '/silent':
				return;
			case '/slow':
				res.writeHead(200).write('a');
				return;
			case '/endless':
				res.writeHead(200);
				res.on('drain', () => res.write('x'.repeat(65_536)));
				res.write('x'.repeat(65_536));
				return;
			case '/bomb':
				res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10_000_000)));
				return;
			default:
				res.writeHead(200, { 'retry-after': '7' });
				res.end(JSON.stringify({ host: req.headers.host, encoding: req.headers['accept-encoding'] }));
		}
	});
	forbidden = await startServer(
		(req, res) => {
			forbiddenRequests.push(req.url ?? '');
			res.end();
		},
		{ host: '127.0.0.2' },
	);
});
afterAll(async () => {
	await Promise.all([server?.stop(), forbidden?.stop()]);
});

const post = (outbound: Outbound, url: string, { timeoutMs = 10_000, owner = 'usr' } = {}) =>
	outbound.post({ url, owner, headers: { 'content-type': 'application/json' }, body: '{}', timeoutMs });

test('a request reaches the address that its name resolved to, under its own name', async () => {
	const { status, retryAfter, excerpt } = await post(outboundWith(), `http://hook.test:${server.port}/`);
	expect([status, retryAfter]).toEqual([200, '7']);
	expect(JSON.parse(excerpt)).toEqual({ host: `hook.test:${server.port}`, encoding: 'identity' });
});

describe('nothing is sent', () => {
	test.each([
		['to a name with a forbidden address', ['127.0.0.2']],
		['to a name with an allowed and a forbidden address', ['127.0.0.1', '127.0.0.2']],
		['to a name with the IPv4-mapped form of a forbidden address', ['::ffff:127.0.0.2']],
		['to a name with a NAT64 form of a forbidden address', ['64:ff9b::7f00:2']],
		['to a name with an address of IPv6 loopback', ['::1']],
		['to a name without addresses', []],
		['to a name with more than 64 addresses', Array.from({ length: 65 }, () => '127.0.0.1')],
		['to a name that leads to another name', ['localhost']],
	])('%s', async (_, addresses) => {
		const outbound = outboundWith({ resolve: async () => addresses });
		await expect(post(outbound, `http://hook.test:${forbidden.port}/`)).rejects.toMatchObject({
			failure: 'address_not_allowed',
		});
	});

	test.each(['127.0.0.2', '[::1]', '0x7f.2'])('to the literal %s', async (host) => {
		await expect(post(outboundWith(), `http://${host}:${forbidden.port}/`)).rejects.toMatchObject({
			failure: 'url_not_allowed',
		});
	});

	test('to a name whose address changed after the check', async () => {
		const answers = [['127.0.0.1'], ['127.0.0.2']];
		const outbound = outboundWith({ resolve: async () => answers.shift() ?? ['127.0.0.2'] });
		// Each name is resolved once, and the connection goes to that very address.
		await expect(post(outbound, `http://hook.test:${server.port}/`)).resolves.toMatchObject({ status: 200 });
		await expect(post(outbound, `http://other.test:${forbidden.port}/`)).rejects.toMatchObject({
			failure: 'address_not_allowed',
		});
	});

	test('to the target of a redirect', async () => {
		await expect(post(outboundWith(), `http://hook.test:${server.port}/redirect`)).resolves.toMatchObject({
			status: 302,
			excerpt: 'see there',
		});
	});

	afterAll(() => expect(forbiddenRequests).toEqual([]));
});

test('the next address of a name is tried when one refuses', async () => {
	const outbound = createOutbound({
		policy: { ...policy, allowed: parseRanges(['127.0.0.0/8']) },
		resolve: async () => ['127.0.0.3', '127.0.0.1'],
	});
	outbounds.push(outbound);
	await expect(post(outbound, `http://hook.test:${server.port}/`)).resolves.toMatchObject({ status: 200 });
});

test('a name with 64 addresses is accepted', async () => {
	const outbound = outboundWith({ resolve: async () => Array.from({ length: 64 }, () => '127.0.0.1') });
	await expect(post(outbound, `http://hook.test:${server.port}/`)).resolves.toMatchObject({ status: 200 });
});

test.each([['no response', '/silent', { failure: 'timeout' }]])(
	'%s in time is an error',
	async (_, path, error) => {
		await expect(
			post(outboundWith(), `http://hook.test:${server.port}${path}`, { timeoutMs: 200 }),
		).rejects.toMatchObject(error);
	},
);

test.each([
	['a body that stops', '/slow', 'a'],
	['an endless body', '/endless', 'x'.repeat(1_024)],
	['a compressed body, which is not inflated', '/bomb', ''],
])('a response with %s is accepted, and at most 1 KiB of it is kept', async (_, path, excerpt) => {
	await expect(
		post(outboundWith(), `http://hook.test:${server.port}${path}`, { timeoutMs: 500 }),
	).resolves.toMatchObject({
		status: 200,
		excerpt,
	});
});

test('the error message is the same for a name that doesn’t exist and one with a private address', async () => {
	const lost = outboundWith({
		resolve: async () => {
			throw Object.assign(new Error('queryA ENOTFOUND'), { code: 'ENOTFOUND' });
		},
	});
	const message = 'The host name must resolve to public addresses only, at most 64. Check its DNS records.';
	await expect(post(lost, 'http://hook.test:3000/')).rejects.toMatchObject({
		failure: 'dns_failed',
		message,
	});
	await expect(
		post(outboundWith({ resolve: async () => ['10.0.0.1'] }), 'http://hook.test:3000/'),
	).rejects.toMatchObject({ failure: 'address_not_allowed', message });
});

test('a port without a listener is an error', async () => {
	const { port, stop } = await startServer(() => undefined);
	await stop();
	await expect(post(outboundWith(), `http://hook.test:${port}/`)).rejects.toMatchObject({
		failure: 'connection_failed',
		message: 'The connection failed (ECONNREFUSED).',
	});
});

test('a response that is not HTTP is an error', async () => {
	const tcp = createTcpServer((socket) => socket.resume().end('SSH-2.0-OpenSSH\r\n\r\n'));
	await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
	const { port } = tcp.address() as { port: number };
	await expect(post(outboundWith(), `http://hook.test:${port}/`)).rejects.toMatchObject({
		failure: 'invalid_response',
	});
	await new Promise((resolve) => tcp.close(resolve));
});

test('the certificate must be for the name in the URL, not for the address', async () => {
	const secure = await startSecureServer('hook.test', (req, res) => res.end(req.headers.host));
	const outbound = outboundWith({ ca: secure.cert });
	for (let time = 0; time < 2; time += 1) {
		await expect(post(outbound, `https://hook.test:${secure.port}/`)).resolves.toMatchObject({ status: 200 });
		await expect(post(outbound, `https://other.test:${secure.port}/`)).rejects.toMatchObject({
			failure: 'tls_failed',
			message: 'The TLS connection failed (ERR_TLS_CERT_ALTNAME_INVALID).',
		});
	}
	await expect(post(outboundWith(), `https://hook.test:${secure.port}/`)).rejects.toMatchObject({
		failure: 'tls_failed',
	});
	await secure.stop();
});

test('TLS 1.2 with elliptic curves works, and a key exchange whose cost the server chooses is refused', async () => {
	const connect = async (options: TlsOptions) => {
		const secure = await startSecureServer('hook.test', (_, res) => res.end(), {
			...options,
			maxVersion: 'TLSv1.2',
		});
		const outbound = outboundWith({ ca: secure.cert });
		return await post(outbound, `https://hook.test:${secure.port}/`).finally(secure.stop);
	};
	await expect(connect({ ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' })).resolves.toMatchObject({ status: 200 });
	await expect(connect({ ciphers: 'DHE-RSA-AES128-GCM-SHA256', dhparam: 'auto' })).rejects.toMatchObject({
		failure: 'tls_failed',
	});
});

describe('a TLS handshake', () => {
	test('with a chain of more than 16 KiB is refused before its certificates are verified', async () => {
		const chained = await startSecureServer('hook.test', (_, res) => res.end(), { chainBytes: 17_000 });
		const outbound = outboundWith({ ca: chained.cert });
		await expect(post(outbound, `https://hook.test:${chained.port}/`)).rejects.toMatchObject({
			failure: 'tls_failed',
			message: 'The TLS handshake is longer than 16 KiB. Check the certificate chain.',
		});
		await chained.stop();
	});

	test('is refused while failed ones of its owner have used up their CPU time, but not one of other owners', async () => {
		let handshakes = 0;
		const secure = await startSecureServer('hook.test', (_, res) => res.end(), {
			ALPNCallback: ({ protocols }) => {
				handshakes += 1;
				return protocols[0];
			},
		});
		const outbound = outboundWith({ ca: secure.cert, handshakeBudgetMs: 20, maxIdleMs: 1 });
		const connect = (name: string, owner: string) =>
			post(outbound, `https://${name}:${secure.port}/`, { owner }).then(
				({ status }) => status,
				(error: Error) => error.message,
			);
		for (let time = 0; time < 40; time += 1) expect(await connect('hook.test', 'usr_good')).toBe(200);
		const failed = 'The TLS connection failed (ERR_TLS_CERT_ALTNAME_INVALID).';
		let answer: string | number = failed;
		while (answer === failed) answer = await connect('other.test', 'usr_bad');
		const refused = expect.stringContaining('took too long to compute');
		expect(answer).toEqual(refused);
		handshakes = 0;
		expect(await connect('hook.test', 'usr_bad')).toEqual(refused);
		expect(handshakes).toBe(0);
		expect(await connect('hook.test', 'usr_good')).toBe(200);
		await expect(
			post(outbound, `http://hook.test:${server.port}/`, { owner: 'usr_bad' }),
		).resolves.toMatchObject({ status: 200 });
		await secure.stop();
	});

	test('is not repeated on its connection when the server asks for it', async () => {
		let isRepeated = false;
		const secure = await startSecureServer(
			'hook.test',
			({ socket }, res) => {
				(socket as TLSSocket).renegotiate({}, () => {
					isRepeated = true;
				});
				setTimeout(() => res.end(), 200);
			},
			{ maxVersion: 'TLSv1.2' },
		);
		const outbound = outboundWith({ ca: secure.cert });
		await post(outbound, `https://hook.test:${secure.port}/`).catch(() => undefined);
		expect(isRepeated).toBe(false);
		await secure.stop();
	});
});

test('an aborted request rejects with the reason', async () => {
	const aborting = new AbortController();
	const url = `http://hook.test:${server.port}/silent`;
	const request = { url, owner: 'usr', headers: {}, body: '', timeoutMs: 10_000, signal: aborting.signal };
	const response = outboundWith().post(request);
	aborting.abort(new Error('the process stops'));
	await expect(response).rejects.toThrow('the process stops');
});

test('an idle connection closes soon, however long the endpoint offers to keep it', async () => {
	const closed = Promise.withResolvers<void>();
	const tcp = createTcpServer((socket) => {
		socket.on('close', () => closed.resolve());
		socket.on('data', () => socket.write('HTTP/1.1 204 No Content\r\nKeep-Alive: timeout=600\r\n\r\n'));
	});
	await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
	const { port } = tcp.address() as { port: number };
	await expect(post(outboundWith({ maxIdleMs: 10 }), `http://hook.test:${port}/`)).resolves.toMatchObject({
		status: 204,
	});
	await closed.promise;
	await new Promise((resolve) => tcp.close(resolve));
});

test('a response after many informational ones is an error', async () => {
	const tcp = createTcpServer((socket) => {
		socket.on('error', () => undefined);
		socket.once('data', () => {
			socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100));
			socket.end('HTTP/1.1 204 No Content\r\n\r\n');
		});
	});
	await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
	const { port } = tcp.address() as { port: number };
	await expect(post(outboundWith(), `http://hook.test:${port}/`)).rejects.toMatchObject({
		failure: 'invalid_response',
	});
	await new Promise((resolve) => tcp.close(resolve));
});
