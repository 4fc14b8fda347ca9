import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { requireTestVariable } from '@creatorr/testing/environment';
import { startTcpProxy, type TcpProxy } from '@creatorr/testing/tcp-proxy';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import request from 'supertest';
import { type FilesService, newUser, startFiles } from './testing/files-service.ts';
import { uploadReady } from './testing/uploads.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
/** Starting a process takes long on a busy machine. */
const READY_WITHIN_MS = 25_000;

/** Between the service and its database. */
let proxy: TcpProxy;
let service: FilesService;
const user = newUser();

beforeAll(async () => {
	proxy = await startTcpProxy(requireTestVariable('TEST_POSTGRES_ADMIN_URL'));
	service = await startFiles({}, { databaseThrough: new URL(proxy.url).port });
});
afterEach(() => proxy.restore());
afterAll(async () => {
	await service.stop();
	await proxy.close();
});

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
	}, READY_WITHIN_MS);
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
test('while the database is down every request is upstream_unavailable; afterwards the files are there', async () => {
	const { file_id } = await uploadReady(service, user);
	proxy.cut();
	const mine = service.as(user);
	const responses = [
		await mine.get(file_id),
		await mine.list(),
		await mine.delete(file_id),
		await mine.create({ name: 'a', mime_type: 'a/b', size_bytes: 1 }),
	];
	expect(responses.map((response) => response.body.error?.code)).toEqual(
		Array(4).fill('upstream_unavailable'),
	);
	proxy.restore();
	await waitFor(async () => expect((await mine.get(file_id)).status).toBe(200));
});

test('while the database is down the service is alive and not ready', async () => {
	proxy.cut();
	expect((await request(service.url).get('/health/live')).status).toBe(200);
	const response = await request(service.url).get('/health/ready');
	expect(response.status).toBe(503);
	expect(response.body.error.details).toContainEqual(expect.objectContaining({ path: 'postgres' }));
});
