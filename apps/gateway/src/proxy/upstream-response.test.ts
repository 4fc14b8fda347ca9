import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { PassThrough, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { IMMEDIATE, type ResponseMode } from '../routing/response-mode.ts';
import { type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { startTestGateway, startUpstream, type TestGateway } from '../testing/gateway.ts';
import { relay } from './upstream-response.ts';

const SLOW_READER_MS = 300;

/** Relays a response to a client that reads nothing. */
function relayToNobody(headers: Record<string, string>, responseMode: ResponseMode = IMMEDIATE): Writable {
	const response = Object.assign(new PassThrough(), { headers });
	response.write('a');
	const res = new Writable({ write: () => undefined });
	const exchange = { responseMode, slowReaderMs: 10, slowReaderTimer: undefined };
	relay(response as unknown as IncomingMessage, { ...exchange, res: res as unknown as ServerResponse });
	return res;
}

describe('a response', () => {
	test.each([
		['long', {}],
		['short', { 'content-length': '1' }],
	])('that is %s is cut when its client does not read it in time', async (_, headers) => {
		const res = relayToNobody(headers);
		await once(res, 'close');
		expect(res.destroyed).toBe(true);
	});

	test('has no time limit if it is a stream', async () => {
		const res = relayToNobody({}, { kind: 'stream', waitMs: 0 });
		await delay(50);
		expect(res.destroyed).toBe(false);
		res.destroy();
	});
});

describe('a client of a gateway that reads no response', () => {
	let auth: FakeAuth;
	let upstream: Awaited<ReturnType<typeof startUpstream>>;
	let gateway: TestGateway;
	let sending: ServerResponse;

	beforeAll(async () => {
		auth = await startFakeAuth();
		upstream = await startUpstream((_req, res) => {
			sending = res;
			res.writeHead(200, { 'Content-Type': 'application/json' });
			res.write(Buffer.alloc(32 * 1024 ** 2));
		});
		gateway = await startTestGateway({
			auth,
			jobsUrl: upstream.url,
			limits: { slowReaderMs: SLOW_READER_MS, upstreamSilenceMs: 600_000 },
		});
	});
	afterAll(async () => {
		await gateway.stop();
		await upstream.close();
		await auth.close();
	});

	/** Requests a path without reading the response. */
	async function request(path: string): Promise<Socket> {
		const received = once(upstream.server, 'request');
		const socket = connect(gateway.publicPort, '127.0.0.1').on('error', () => undefined);
		socket.pause();
		socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${auth.token()}\r\n\r\n`);
		await received;
		return socket;
	}

	test('is disconnected, so that the service can drop the response', async () => {
		const socket = await request('/v1/jobs');
		await once(sending, 'close', { signal: AbortSignal.timeout(20_000) });
		expect(sending.writableFinished).toBe(false);
		socket.destroy();
	});

	test('keeps an event stream', async () => {
		const socket = await request(`/v1/jobs/${newId('job')}/events`);
		await delay(3 * SLOW_READER_MS);
		expect(sending.closed).toBe(false);
		socket.destroy();
	});
});
