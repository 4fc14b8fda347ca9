import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FilesService, startFiles } from './testing/files-service.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

let service: FilesService;

beforeAll(async () => {
	service = await startFiles();
});
afterAll(() => service.stop());

function run(env: NodeJS.ProcessEnv) {
	const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
	const output = { stdout: '', stderr: '' };
	child.stdout.on('data', (chunk) => {
		output.stdout += chunk;
	});
	child.stderr.on('data', (chunk) => {
		output.stderr += chunk;
	});
	return { child, output, ended: once(child, 'exit') };
}

/** Returns a free port. */
async function freePort(): Promise<string> {
	const server = createServer();
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return String(port);
}

test('the process becomes ready, logs JSON lines without secrets and one for a deprecated setting, and exits with 0 on SIGTERM', async () => {
	const port = await freePort();
	const { child, output, ended } = run({
		...service.environment,
		PUT_URL_SECONDS: '60',
		PORT: port,
		PATH: process.env.PATH,
	});
	await waitFor(async () => {
		const response = await fetch(`http://127.0.0.1:${port}/health/ready`);
		expect(response.status).toBe(200);
	});
	child.kill('SIGTERM');
	expect(await ended).toEqual([0, null]);
	const lines = output.stdout
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line));
	for (const line of lines) expect(line).toMatchObject({ service: 'files', event: expect.any(String) });
	const events = lines.map((line) => line.event);
	expect(events).toEqual(expect.arrayContaining(['process.started', 'store.prepared', 'process.stopped']));
	const deprecated = lines.filter((line) => line.event === 'config.deprecated_setting');
	expect(deprecated).toMatchObject([{ name: 'PUT_URL_SECONDS', replacement: 'PUT_URL_TTL_SECONDS' }]);
	expect(output.stdout).not.toContain(service.config.S3_SECRET_ACCESS_KEY);
});

test('the process exits with 1 and names every wrong setting', async () => {
	const { output, ended } = run({
		...service.environment,
		S3_BUCKET: '',
		AMQP_URL: 'x',
		PATH: process.env.PATH,
	});
	expect(await ended).toEqual([1, null]);
	expect(output.stderr).toMatch(/S3_BUCKET/);
	expect(output.stderr).toMatch(/AMQP_URL/);
});
