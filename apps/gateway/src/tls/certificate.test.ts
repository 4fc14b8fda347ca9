import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Limits } from '../limit-settings.ts';
import { makeCertificate, placeCertificate, type TestCertificate } from '../testing/certificate.ts';
import { type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { startTestGateway, type TestGateway } from '../testing/gateway.ts';
import { type RawResponse, rawRequest, readAll } from '../testing/raw.ts';
import { waitUntil } from '../testing/wait-until.ts';

const ASK = 'GET /v1/nothing HTTP/1.1\r\nHost: a\r\n\r\n';
const ASK_ONCE = ASK.replace('Host', 'Connection: close\r\nHost');
const FLOODER = '127.0.0.9';
const OTHER = '127.0.0.10';
const REFRESH_MS = 50;

let auth: FakeAuth;
let gateway: TestGateway | undefined;
let directory: string;
let first: TestCertificate;
let sockets: Socket[];

beforeEach(async () => {
	sockets = [];
	auth = await startFakeAuth();
	directory = mkdtempSync(join(tmpdir(), 'certificates-'));
	first = await makeCertificate();
});

afterEach(async () => {
	for (const socket of sockets) socket.destroy();
	await gateway?.stop();
	gateway = undefined;
	await auth.close();
	rmSync(directory, { recursive: true });
});

async function start(limits: Partial<Limits> = {}): Promise<TestGateway> {
	gateway = await startTestGateway({
		auth,
		env: placeCertificate(directory, first),
		limits: { certificateRefreshMs: REFRESH_MS, ...limits },
	});
	return gateway;
}

/** Opens a TLS connection that trusts only this certificate. */
function open(ca: string, localAddress?: string): Promise<TLSSocket> {
	const { publicPort: port = 0 } = gateway ?? {};
	const from = localAddress === undefined ? {} : { localAddress };
	return new Promise((resolve, reject) => {
		const socket = connect({ host: '127.0.0.1', port, ca, ...from }, () => resolve(socket));
		socket.once('error', reject);
		sockets.push(socket);
	});
}

async function ask(ca: string, localAddress?: string): Promise<RawResponse> {
	const socket = await open(ca, localAddress);
	socket.write(ASK_ONCE);
	return readAll(socket);
}

const isServed = (certificate: TestCertificate) =>
	ask(certificate.cert).then(
		({ status }) => status === 404,
		() => false,
	);

describe('with a certificate', () => {
	test('the API is served over TLS, with HSTS', async () => {
		await start();
		const response = await ask(first.cert);
		expect(response.status).toBe(404);
		expect(response.headers['strict-transport-security']).toBe('max-age=31536000');
	});

	test('invalid HTTP is refused with the same headers', async () => {
		await start();
		const socket = await open(first.cert);
		socket.write('nonsense\r\n\r\n');
		const response = await readAll(socket);
		expect([response.status, response.headers['strict-transport-security']]).toEqual([
			400,
			'max-age=31536000',
		]);
	});

	test('a client without TLS is cut off, and others are served', async () => {
		const { publicPort } = await start();
		const plain = connectTcp(publicPort, '127.0.0.1');
		sockets.push(plain);
		plain.on('error', () => undefined).write(ASK);
		expect(await text(plain).catch(() => '')).not.toContain('HTTP/1.1');
		expect((await ask(first.cert)).status).toBe(404);
	});

	test('a connection without a handshake is closed after the time limit', async () => {
		const { publicPort } = await start({ headersTimeoutMs: 500, requestTimeoutMs: 500 });
		const silent = connectTcp(publicPort, '127.0.0.1');
		sockets.push(silent);
		await new Promise((resolve) =>
			silent
				.on('error', () => undefined)
				.resume()
				.once('close', resolve),
		);
		expect((await ask(first.cert)).status).toBe(404);
	});

	test('the gateway does not start if the key does not belong to the certificate', async () => {
		const other = await makeCertificate();
		const env = placeCertificate(directory, { cert: first.cert, key: other.key });
		await expect(startTestGateway({ auth, env, early: true })).rejects.toThrow(env.TLS_CERT_FILE);
	});
});

test('without a certificate the port speaks HTTP, and sends no HSTS', async () => {
	gateway = await startTestGateway({ auth });
	const response = await rawRequest(gateway.publicPort, 'GET /v1/nothing');
	expect(response.status).toBe(404);
	expect(response.headers).not.toHaveProperty('strict-transport-security');
});

describe('a renewed certificate', () => {
	test('is used for new connections without a restart, while open ones continue', async () => {
		await start();
		const kept = await open(first.cert);
		const second = await makeCertificate();
		expect(await isServed(second)).toBe(false);
		placeCertificate(directory, second);
		await waitUntil(() => isServed(second));
		kept.write(ASK_ONCE);
		expect((await readAll(kept)).status).toBe(404);
	});

	test('is used once both files are there, and the previous one until then', async () => {
		await start();
		const second = await makeCertificate();
		placeCertificate(directory, { cert: second.cert });
		await delay(5 * REFRESH_MS);
		expect(await isServed(first)).toBe(true);
		placeCertificate(directory, { key: second.key });
		await waitUntil(() => isServed(second));
	});

	test('that is invalid leaves the previous one in use', async () => {
		await start();
		placeCertificate(directory, { cert: 'damaged', key: 'damaged' });
		await delay(5 * REFRESH_MS);
		expect(await isServed(first)).toBe(true);
	});
});

describe('the limit of connections of a network over TLS', () => {
	const LIMIT = 3;

	/** Opens idle connections, each after one request. */
	async function flood(count: number): Promise<void> {
		for (let index = 0; index < count; index += 1) {
			const socket = await open(first.cert, FLOODER);
			socket.write(ASK);
			await new Promise((resolve) => socket.once('data', resolve));
		}
	}

	test('refuses one more, and serves another network', async () => {
		await start({ maxConnectionsPerNetwork: LIMIT });
		await flood(LIMIT);
		expect((await ask(first.cert, FLOODER)).status).toBe(429);
		expect((await ask(first.cert, OTHER)).status).toBe(404);
	});

	test('admits another after one is closed', async () => {
		await start({ maxConnectionsPerNetwork: LIMIT });
		await flood(LIMIT);
		sockets[0]?.destroy();
		await waitUntil(async () => (await ask(first.cert, FLOODER)).status === 404);
	});

	test('evicts an idle connection for a new one when all are in use', async () => {
		await start({ connections: 20 });
		await flood(20);
		expect((await ask(first.cert, OTHER)).status).toBe(404);
		await waitUntil(() => sockets[0]?.destroyed === true);
	});

	test('counts connections before their handshake', async () => {
		const { publicPort } = await start({ maxConnectionsPerNetwork: LIMIT });
		for (let index = 0; index < LIMIT; index += 1) {
			const silent = connectTcp({ port: publicPort, host: '127.0.0.1', localAddress: FLOODER });
			sockets.push(silent);
			await new Promise((resolve) => silent.once('connect', resolve));
		}
		expect((await ask(first.cert, FLOODER)).status).toBe(429);
	});
});
