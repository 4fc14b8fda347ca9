import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from '@jest/globals';
import type { Io } from '../io.ts';
import { runCli } from '../run-cli.ts';

let server: Server | undefined;
afterEach(() => {
	server?.close();
});

/** Runs `creatorr webhooks recover` against an API that responds with this, and returns what it printed. */
async function recover(data: object): Promise<string> {
	server = createServer((_, res) => {
		res.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const env = { CREATORR_API: api, CREATORR_TOKEN: 'token', XDG_CONFIG_HOME: '/nowhere' };
	const [stdout, stderr] = [new PassThrough(), new PassThrough()];
	const { signal } = new AbortController();
	const io = { env, stdin: new PassThrough(), stdout, stderr, signal } as unknown as Io;
	expect(await runCli(['webhooks', 'recover', 'whk_1', '--since', '2026-01-01T00:00:00Z'], io)).toBe(0);
	stdout.end();
	return await text(stdout);
}

test.each([
	[{ count: 0, has_more: false }, 'Sending 0 deliveries.\n'],
	[{ count: 1, has_more: false }, 'Sending 1 delivery.\n'],
	[
		{ count: 2, has_more: true, continue_at: '2026-01-01T01:00:00.000Z' },
		'Sending 2 deliveries.\nMore are left. Run the command again at 2026-01-01T01:00:00.000Z to send them.\n',
	],
])('creatorr webhooks recover prints %j in words', async (data, printed) => {
	expect(await recover(data)).toBe(printed);
});
