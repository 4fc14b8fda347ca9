import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, expect, test } from '@jest/globals';
import type { Io } from './io.ts';
import { runCli } from './run-cli.ts';

let server: Server;
afterEach(() => {
	server.close();
});

/** Runs a command against a server that sends the same response to every request. */
async function runAgainst(body: string, argv: string[]): Promise<{ code: number; stderr: string }> {
	server = createServer((_, response) => {
		response.writeHead(200, { 'content-type': 'application/json' }).end(body);
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
	const env = {
		CREATORR_API: `http://127.0.0.1:${port}`,
		CREATORR_TOKEN: 'token',
		XDG_CONFIG_HOME: '/nowhere',
	};
	const io = { env, ...streams, signal: new AbortController().signal } as unknown as Io;
	const code = await runCli(argv, io);
	return { code, stderr: String(streams.stderr.read() ?? '') };
}

const BODIES = ['{}', '{"data":{}}', '{"data":null}', '{"data":[[]]}', 'null', '[]', '<html></html>', ''];
const COMMANDS = [
	['compress', 'x.pdf'],
	['whoami'],
	['jobs'],
	['files'],
	['tools'],
	['plans'],
	['job', 'job_1'],
];

test.each(BODIES)('an API that responds with %j causes one clear line and exit code 5', async (body) => {
	for (const argv of COMMANDS) {
		const { code, stderr } = await runAgainst(body, argv);
		expect({ argv, code, stderr }).toEqual({
			argv,
			code: 5,
			stderr: expect.stringMatching(/^This isn't a response from the creatorr API.*Check the URL\.\n$/),
		});
		server.close();
	}
});
