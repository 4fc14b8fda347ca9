import { afterEach, expect, test } from '@jest/globals';
import { type Handle, readBody, startServer, type TestServer } from '../../test/support/start-server.ts';
import { ConnectionError } from '../errors.ts';
import { put } from './node.ts';

const BYTES = new Uint8Array(8 * 1024 * 1024).fill(7);
const source = { size: BYTES.length, slice: (start: number, end: number) => BYTES.subarray(start, end) };

let server: TestServer;
afterEach(() => server.stop());

async function putTo(handle: Handle, options: { signal?: AbortSignal; stallMs?: number } = {}) {
	server = await startServer(handle);
	const sent: number[] = [];
	const { signal = new AbortController().signal, stallMs = 10_000 } = options;
	const request = {
		url: server.url,
		headers: { 'content-type': 'a/b' },
		source,
		start: 1_000,
		end: BYTES.length,
	};
	const putResponse = await put({ ...request, signal, stallMs, onSent: (bytes) => sent.push(bytes) });
	return { putResponse, sent };
}

test('put sends the slice with its length, and reports its progress', async () => {
	let received = 0;
	const { putResponse, sent } = await putTo(async (request, response) => {
		received = (await readBody(request)).length;
		response.writeHead(200, { etag: '"x"', 'retry-after': '3' }).end(request.headers['content-type']);
	});
	expect(putResponse).toEqual({ status: 200, etag: '"x"', retryAfter: '3' });
	expect([received, sent.at(-1), sent.length]).toEqual([BYTES.length - 1_000, BYTES.length - 1_000, 8]);
});

test('put stops sending when the response arrives before the end of the body', async () => {
	const { putResponse, sent } = await putTo((_, response) => response.writeHead(403).end());
	expect(putResponse.status).toBe(403);
	expect(sent.at(-1) ?? 0).toBeLessThan(BYTES.length);
});

test('put rejects with ConnectionError when the connection stalls', async () => {
	await expect(putTo(() => undefined, { stallMs: 100 })).rejects.toThrow(ConnectionError);
});

test('put rejects with ConnectionError when the connection closes without a response', async () => {
	await expect(putTo((request) => request.socket.destroy())).rejects.toThrow(ConnectionError);
});

test('put rejects with the reason of an abort', async () => {
	const { signal, abort } = (() => {
		const controller = new AbortController();
		return { signal: controller.signal, abort: () => controller.abort(new Error('enough')) };
	})();
	await expect(putTo(abort, { signal })).rejects.toThrow('enough');
});
