import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Home, openHome, pidFile } from '../supervisor/home.ts';
import { collectStatus } from './collect.ts';

let home: Home;
let closes: (() => Promise<unknown>)[];

beforeEach(() => {
	home = openHome(mkdtempSync(join(tmpdir(), 'creatorr-status-')));
	closes = [];
});

afterEach(async () => {
	await Promise.all(closes.map((close) => close()));
	rmSync(home.root, { recursive: true });
});

/** Runs services of this home that answer with these metrics. */
async function startServices(metrics: Record<string, string>): Promise<void> {
	const ports: Record<string, number> = {};
	for (const [name, text] of Object.entries(metrics)) {
		const server = createServer((_, response) => response.end(text)).listen(0, '127.0.0.1');
		await once(server, 'listening');
		closes.push(() => server[Symbol.asyncDispose]());
		ports[name] = (server.address() as AddressInfo).port;
		writeFileSync(pidFile(home, name), '1');
	}
	writeFileSync(join(home.root, 'ports.json'), JSON.stringify(ports));
}

async function readAlarms(): Promise<string[]> {
	return (await collectStatus(home, { pid: 1, url: null, processes: [] })).alarms;
}

describe('the status of a broker that confirms nothing', () => {
	test('is an alarm with the longest wait of all services', async () => {
		await startServices({
			auth: 'creatorr_broker_unconfirmed_seconds 15.2\n',
			billing: 'creatorr_broker_unconfirmed_seconds 61.7\n',
			files: 'creatorr_broker_unconfirmed_seconds 0\n',
		});
		expect(await readAlarms()).toEqual(['rabbitmq: no publish confirmed for 62 s: docs/runbooks/disk.md']);
	});

	test('is no alarm while a publish can still be confirmed', async () => {
		await startServices({ auth: 'creatorr_broker_unconfirmed_seconds 10\n', billing: '' });
		expect(await readAlarms()).toEqual([]);
	});
});
