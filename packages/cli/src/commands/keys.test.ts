import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { json, text } from 'node:stream/consumers';
import { afterEach, expect, test } from '@jest/globals';
import type { Io } from '../io.ts';
import { runCli } from '../run-cli.ts';

const KEY = {
	id: 'key_1',
	name: 'Build server',
	start: 'ctr_live_abcd',
	last4: '1234',
	status: 'active',
	scopes: ['jobs:read', 'jobs:write'],
	tools: ['ocr'],
	allowed_ips: null,
	metadata: { team: 'web' },
	created_at: '2026-12-01T00:00:00.000Z',
	expires_at: null,
	last_used_at: null,
	last_used_ip: null,
};

let server: Server | undefined;
afterEach(() => {
	server?.close();
});

/** Runs a command against an API that returns the key, and returns what it sent and printed. */
async function run(...args: string[]) {
	const sent: unknown[] = [];
	server = createServer(async (req, res) => {
		sent.push([req.method, req.url, req.method === 'PATCH' ? await json(req) : undefined]);
		res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data: KEY }));
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const env = { CREATORR_API: api, CREATORR_TOKEN: 'token', XDG_CONFIG_HOME: '/nowhere' };
	const [stdout, stderr] = [new PassThrough(), new PassThrough()];
	const { signal } = new AbortController();
	const io = { env, stdin: new PassThrough(), stdout, stderr, signal } as unknown as Io;
	const code = await runCli(['keys', ...args], io);
	stdout.end();
	stderr.end();
	return { code, sent, stdout: await text(stdout), stderr: await text(stderr) };
}

test('creatorr keys get shows a key with its limits', async () => {
	const { code, sent, stdout } = await run('get', 'key_1');
	expect([code, sent]).toEqual([0, [['GET', '/v1/keys/key_1', undefined]]]);
	for (const line of [
		'ID            key_1',
		'key           ctr_live_abcd…1234',
		'tools         ocr',
		'IP addresses  any',
		'metadata      team=web',
		'expires       never',
	])
		expect(stdout).toContain(`${line}\n`);
});

test.each([
	[['--name', 'CI', '--scope', 'jobs:read'], { name: 'CI', scopes: ['jobs:read'] }],
	[['--scope', 'jobs:read,jobs:write', 'usage:read'], { scopes: ['jobs:read', 'jobs:write', 'usage:read'] }],
	[['--tool', 'ocr', 'inspect', '--ip', '::1'], { tools: ['ocr', 'inspect'], allowed_ips: ['::1'] }],
	[
		['--tool', 'all', '--ip', 'any', '--expires', 'never'],
		{ tools: null, allowed_ips: null, expires_at: null },
	],
	[['--metadata', 'team=web', 'url=a=b'], { metadata: { team: 'web', url: 'a=b' } }],
	[['--metadata', 'none'], { metadata: {} }],
])('creatorr keys update %j changes only what it names', async (options, change) => {
	const { code, sent } = await run('update', 'key_1', ...options);
	expect([code, sent]).toEqual([0, [['PATCH', '/v1/keys/key_1', change]]]);
});

test.each([[[]], [['--metadata', 'team']], [['--scope', 'jobs:read,jobs']]])(
	'creatorr keys update %j is wrong usage',
	async (options) => {
		const { code, sent } = await run('update', 'key_1', ...options);
		expect([code, sent]).toEqual([2, []]);
	},
);
