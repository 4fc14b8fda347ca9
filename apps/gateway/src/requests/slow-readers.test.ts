import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { startTestGateway, type TestGateway, waitUntil } from '../testing/gateway.ts';
import { open } from '../testing/raw.ts';

/** More than the kernel keeps for a client that doesn't read. */
const FILE_BYTES = 32 * 1024 * 1024;
const SLOW_READER_MS = 3_000;

let auth: FakeAuth;
let gateway: TestGateway;
let build: string;

beforeAll(async () => {
	build = mkdtempSync(join(tmpdir(), 'creatorr-web-'));
	mkdirSync(join(build, 'public'));
	writeFileSync(join(build, 'pages.json'), '["/"]');
	writeFileSync(join(build, 'public', 'index.html'), '<!doctype html>');
	writeFileSync(join(build, 'public', 'large.js'), Buffer.alloc(FILE_BYTES, ' '));
	writeFileSync(join(build, 'public', 'medium.js'), Buffer.alloc(FILE_BYTES / 16, ' '));
	auth = await startFakeAuth();
	gateway = await startTestGateway({
		auth,
		env: { WEB_DIR: build },
		limits: { slowReaderMs: SLOW_READER_MS },
	});
});

afterAll(async () => {
	await gateway.stop();
	await auth.close();
	rmSync(build, { recursive: true });
});

const countConnections = () => promisify(gateway.publicServer.getConnections.bind(gateway.publicServer))();

test('a client that doesn’t read the gateway’s own response in time is disconnected', async () => {
	const socket = await open(gateway.publicPort);
	socket.on('error', () => undefined);
	socket.pause();
	socket.write('GET /large.js HTTP/1.1\r\nHost: gateway\r\n\r\n');
	await waitUntil(async () => (await countConnections()) === 1);
	await waitUntil(async () => (await countConnections()) === 0);
	socket.destroy();
});

test('a client that reads it in time keeps its connection', async () => {
	const response = await fetch(`${gateway.url}/medium.js`);
	expect((await response.arrayBuffer()).byteLength).toBe(FILE_BYTES / 16);
	await delay(SLOW_READER_MS + 500);
	expect(await countConnections()).toBe(1);
});
