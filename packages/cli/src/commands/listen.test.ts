import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { verifyWebhook } from '@creatorr/client';
import { afterEach, expect, test } from '@jest/globals';
import { InterruptedError } from '../errors.ts';
import type { Io } from '../io.ts';
import { runCli } from '../run-cli.ts';

const servers: Server[] = [];
afterEach(() => {
	for (const server of servers.splice(0)) server.close();
});

async function serve(handle: RequestListener): Promise<string> {
	const server = createServer(handle).listen(0, '127.0.0.1');
	servers.push(server);
	await once(server, 'listening');
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const event = (number: number, type = 'job.succeeded') => ({
	id: `evt_${number}`,
	type,
	timestamp: `2026-12-01T00:00:0${number}.000Z`,
	data: { job_id: `job_${number}` },
});

test('creatorr listen forwards events that are new, signed with the secret that it shows', async () => {
	const pages = [[event(1)], [event(4, 'plan.changed'), event(3), event(2), event(1)]];
	const api = await serve((_, res) => {
		const data = pages.shift() ?? [event(3), event(2)];
		res.writeHead(200, { 'content-type': 'application/json' });
		res.end(JSON.stringify({ data, next_cursor: null }));
	});
	const stopping = new AbortController();
	const stderr = new PassThrough();
	const stdout = new PassThrough();
	const received: unknown[] = [];
	const hook = await serve(async (req, res) => {
		const [, secret = ''] = /Signing secret: (\S+)/.exec(shown) ?? [];
		received.push(await verifyWebhook(req.headers, await text(req), secret));
		res.writeHead(received.length === 1 ? 500 : 204).end();
		if (received.length === 2) setImmediate(() => stopping.abort(new InterruptedError('SIGINT')));
	});
	let shown = '';
	stderr.on('data', (chunk) => {
		shown += chunk;
	});
	const env = { CREATORR_API: api, CREATORR_TOKEN: 'token', XDG_CONFIG_HOME: '/nowhere' };
	const io = { env, stdin: new PassThrough(), stdout, stderr, signal: stopping.signal } as unknown as Io;
	expect(await runCli(['listen', '--forward-to', hook, '--events', 'job.succeeded'], io)).toBe(130);
	expect(received).toEqual([event(2), event(3)]);
	expect(String(stdout.read())).toContain('2026-12-01T00:00:02.000Z  job.succeeded  evt_2  → 500\n');
});

test('creatorr listen refuses a target that isn’t a URL', async () => {
	const io = {
		env: {},
		stdout: new PassThrough(),
		stderr: new PassThrough(),
		signal: new AbortController().signal,
	};
	expect(await runCli(['listen', '--forward-to', 'localhost:3000'], io as unknown as Io)).toBe(2);
});
