import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { send } from './http.ts';

const EVENT = 'event: job\ndata: {}\n\n';
const server = createServer((_, res) => {
	res.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
	res.write(EVENT);
});
let base: string;

beforeAll(async () => {
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	const address = server.address();
	base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => {
	server.closeAllConnections();
	server.close();
});

test('send returns what an event stream sent in the time given, however long the stream stays open', async () => {
	const response = await send(base, 'GET', '/', { streamMs: 300, timeoutMs: 4_000 });
	expect(response).toMatchObject({ status: 200, text: EVENT });
});
