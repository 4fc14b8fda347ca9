import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Io } from './io.ts';
import { runCli } from './run-cli.ts';

let server: Server;
afterEach(() => {
	server.close();
});

/** Runs a command against a server that sends the same response to every request. */
async function runAgainst(
	body: string,
	argv: string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
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
	return {
		code,
		stdout: String(streams.stdout.read() ?? ''),
		stderr: String(streams.stderr.read() ?? ''),
	};
}

const BODIES = ['{}', '{"data":{}}', '{"data":null}', '{"data":[[]]}', 'null', '[]', '<html></html>', ''];
const COMMANDS = [
	['compress', 'x.pdf'],
	['whoami'],
	['jobs'],
	['files'],
	['tools'],
	['plans'],
	['errors'],
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

describe('creatorr errors', () => {
	const describeCode = (code: string, kind: 'api' | 'job', status?: number) => ({
		code,
		kind,
		status,
		retryable: true,
		title: 'Too many',
		cause: 'A limit.',
		fix: 'Wait.',
		docs_url: `https://creatorr.example/docs/errors/${code}`,
	});
	const data = [
		describeCode('rate_limited', 'api', 429),
		describeCode('internal', 'api', 500),
		describeCode('internal', 'job'),
	];
	const body = JSON.stringify({ data });

	test('lists all codes', async () => {
		const { code, stdout } = await runAgainst(body, ['errors']);
		expect([code, stdout.split('\n').length]).toEqual([0, 5]);
		expect(stdout).toMatch(/^rate_limited +request +429 +yes +Too many$/m);
		expect(stdout).toMatch(/^internal +job +yes +Too many$/m);
	});

	test('explains a code', async () => {
		const { stdout } = await runAgainst(body, ['errors', 'rate_limited']);
		expect(stdout).toBe(
			[
				'code   rate_limited',
				'kind   request (429)',
				'title  Too many',
				'cause  A limit.',
				'fix    Wait.',
				'retry  yes',
				'docs   https://creatorr.example/docs/errors/rate_limited\n',
			].join('\n'),
		);
	});

	test('explains a code of requests and jobs for both', async () => {
		const { stdout } = await runAgainst(body, ['errors', 'internal', '--json']);
		expect(JSON.parse(stdout)).toEqual([data[1], { ...data[2], status: undefined }]);
	});

	test('says how to list the codes when a code is unknown', async () => {
		const { code, stderr } = await runAgainst(body, ['errors', 'nonsense']);
		expect([code, stderr]).toEqual([2, expect.stringContaining('creatorr errors')]);
	});
});
