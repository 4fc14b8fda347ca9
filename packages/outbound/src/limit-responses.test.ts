import type { RequestListener } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { parseRanges } from '@creatorr/service/address-ranges';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createOutbound, type Outbound } from './outbound.ts';
import { startSecureServer, startServer } from './testing/servers.ts';

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const FLOODS: Record<string, [start: string, repeated: string]> = {
	'/extension': [`${CHUNKED}5;a=`, 'x'],
	'/quoted-extension': [`${CHUNKED}5;a="`, 'x'],
	'/chunk-size': [CHUNKED, '0'],
	'/empty-lines': ['', '\r\n'],
	'/reason': ['HTTP/1.1 200 ', 'x'],
	'/spaces': ['HTTP/1.1 200 OK\r\nX:', ' '],
};

const TOO_LONG = 'The headers, chunk extensions or TLS records of the response are too long.';

const connections = new Set<Socket>();

function flood(socket: Socket, [start, repeated]: [string, string]): void {
	const chunk = repeated.repeat(32_768);
	const write = () => {
		while (socket.write(chunk));
	};
	socket.on('error', () => undefined).on('drain', write);
	socket.write(start);
	write();
}

const recordsSent = Promise.withResolvers<number>();

/** Sends each byte in a TLS record of its own, which adds 22 bytes. */
async function floodWithRecords(socket: Socket): Promise<void> {
	socket.on('error', () => undefined);
	socket.write(`${CHUNKED}5;a=`);
	let count = 0;
	socket.on('close', () => recordsSent.resolve(count));
	for (; count < 200_000 && !socket.destroyed; count += 1)
		await new Promise((resolve) => socket.write('x', resolve));
	socket.destroy();
}

const respond: RequestListener = ({ url = '', socket }, res) => {
	connections.add(socket);
	if (url === '/records') {
		void floodWithRecords(socket);
		return;
	}
	const attack = FLOODS[url];
	if (attack) return flood(socket, attack);
	res.writeHead(200);
	// Without a Content-Length, each write is a chunk.
	if (url === '/small-chunks') for (let count = 0; count < 16_384; count += 1) res.write('x');
	else res.write('x'.repeat(16_384));
	res.end();
};

let server: Awaited<ReturnType<typeof startServer>>;
let secure: Awaited<ReturnType<typeof startSecureServer>>;
let outbound: Outbound;
beforeAll(async () => {
	server = await startServer(respond);
	secure = await startSecureServer('hook.test', respond);
	outbound = createOutbound({
		policy: {
			allowed: parseRanges(['127.0.0.1/32']),
			blocked: parseRanges([]),
			allowHttp: true,
			ownHosts: new Set<string>(),
		},
		resolve: async () => ['127.0.0.1'],
		ca: secure.cert,
	});
});
afterAll(async () => {
	await outbound?.close();
	await Promise.all([server?.stop(), secure?.stop()]);
});

const post = (path: string, protocol = 'http') => {
	const { port } = protocol === 'http' ? server : secure;
	const url = `${protocol}://hook.test:${port}${path}`;
	return outbound.post({ url, owner: 'usr', headers: {}, body: '{}', timeoutMs: 5_000 });
};

describe('a response fails as soon as it is too long because of', () => {
	test.each([
		['an endless chunk extension', '/extension'],
		['an endless quoted chunk extension', '/quoted-extension'],
		['an endless chunk size', '/chunk-size'],
		['endless empty lines before it', '/empty-lines'],
		['an endless reason phrase', '/reason'],
		['endless spaces in a header', '/spaces'],
	])('%s', async (_, path) => {
		for (const protocol of ['http', 'https'])
			await expect(post(path, protocol)).rejects.toMatchObject({
				failure: 'invalid_response',
				message: TOO_LONG,
			});
	});
});

test.each(['http', 'https'])('16 KiB in chunks of one byte are no error with %s', async (protocol) => {
	await expect(post('/small-chunks', protocol)).resolves.toMatchObject({ status: 200 });
});

test('bytes of TLS records count, not only those that they contain', async () => {
	await expect(post('/records', 'https')).rejects.toMatchObject({
		failure: 'invalid_response',
		message: TOO_LONG,
	});
	expect(await recordsSent.promise).toBeLessThan(30_000);
});

/** A ServerHello of TLS 1.2, and the beginning of a certificate of 100,000 bytes. */
const SERVER_HELLO = Buffer.concat([
	Buffer.from('16030300310200002d0303', 'hex'),
	Buffer.alloc(32, 1),
	Buffer.from('00c02f000005ff01000100', 'hex'),
	Buffer.from('16030300040b0186a0', 'hex'),
]);
const ONE_BYTE_RECORD = Buffer.from('160303000100', 'hex');

test('a TLS handshake in records of one byte is too long', async () => {
	const tcp = createServer((socket) => {
		socket.on('error', () => undefined);
		socket.once('data', () => {
			socket.write(SERVER_HELLO);
			socket.write(Buffer.alloc(90_000 * ONE_BYTE_RECORD.length, ONE_BYTE_RECORD));
		});
	});
	await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
	const { port } = tcp.address() as { port: number };
	const url = `https://hook.test:${port}/`;
	const request = { url, owner: 'usr', headers: {}, body: '{}', timeoutMs: 10_000 };
	await expect(outbound.post(request)).rejects.toMatchObject({
		failure: 'tls_failed',
		message: expect.stringContaining('16 KiB'),
	});
	await new Promise((resolve) => tcp.close(resolve));
});

test.each(['http', 'https'])('each response of a connection counts alone with %s', async (protocol) => {
	connections.clear();
	for (let count = 0; count < 20; count += 1)
		await expect(post('/', protocol)).resolves.toMatchObject({ status: 200 });
	// The second request may precede the end of the first response.
	expect(connections.size).toBeLessThanOrEqual(2);
});
