import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { temporaryHome } from '../testing/temporary.ts';
import { collectStatus } from './collect.ts';
import { parseMetrics } from './metrics.ts';

const home = temporaryHome();
const servers: Server[] = [];
afterEach(async () => {
	await Promise.all(servers.splice(0).map((server) => server[Symbol.asyncDispose]()));
});

/** Runs services of this home that answer with these texts at their ports, and returns the alarms. */
async function readAlarms(
	answers: Record<string, string>,
	running = Object.keys(answers),
): Promise<string[]> {
	const ports: Record<string, number> = {};
	for (const [name, text] of Object.entries(answers)) {
		const server = createServer((_, response) => response.end(text)).listen(0, '127.0.0.1');
		await once(server, 'listening');
		servers.push(server);
		ports[name] = (server.address() as AddressInfo).port;
	}
	writeFileSync(join(home().root, 'ports.json'), JSON.stringify(ports));
	const processes = running.map((name) => ({ name, state: 'ready' as const, pid: 1, restarts: 0 }));
	return (await collectStatus(home(), { pid: 1, url: null, processes })).alarms;
}

test('a broker that confirms nothing is an alarm with the longest wait of all services', async () => {
	const alarms = await readAlarms({
		auth: 'creatorr_broker_unconfirmed_seconds 15.2\n',
		billing: 'creatorr_broker_unconfirmed_seconds 61.7\n',
		files: 'creatorr_broker_unconfirmed_seconds 0\n',
	});
	expect(alarms).toEqual(['rabbitmq: no publish confirmed for 62 s: docs/runbooks/disk.md']);
});

test('a broker whose disk is nearly full is an alarm with the free space and its limit', async () => {
	const node = {
		mem_alarm: false,
		disk_free_alarm: true,
		disk_free: 100_000_000,
		disk_free_limit: 300_000_000,
	};
	const alarms = await readAlarms({ 'rabbitmq-management': JSON.stringify([node]) }, ['rabbitmq']);
	expect(alarms).toEqual([
		expect.stringMatching(/^rabbitmq: disk alarm \(.* free, limit .*\): docs\/runbooks\/disk\.md$/),
	]);
});

test('a publish that can still be confirmed is no alarm', async () => {
	const alarms = await readAlarms({ auth: 'creatorr_broker_unconfirmed_seconds 10\n', billing: '' });
	expect(alarms).toEqual([]);
});

test('parseMetrics reads values with their labels, and no comments', () => {
	const text = [
		'# TYPE creatorr_jobs_queued gauge',
		'creatorr_jobs_queued{tool="ocr"} 3',
		'creatorr_task_runs_total{task="a \\"b\\" c",outcome="broken off"} 1.5e+3',
		'creatorr_outbox_events 0',
		'',
	].join('\n');
	expect(parseMetrics(text)).toEqual([
		{ name: 'creatorr_jobs_queued', labels: { tool: 'ocr' }, value: 3 },
		{ name: 'creatorr_task_runs_total', labels: { task: 'a "b" c', outcome: 'broken off' }, value: 1_500 },
		{ name: 'creatorr_outbox_events', labels: {}, value: 0 },
	]);
});

test('a server that runs and does not respond is an alarm with its runbook', async () => {
	const alarms = await readAlarms({}, ['rabbitmq', 'postgres']);
	expect(alarms).toEqual([
		expect.stringMatching(/^rabbitmq: doesn’t respond \(.+\): docs\/runbooks\/outbox\.md$/),
		expect.stringMatching(/^postgres: doesn’t respond \(.+\): docs\/runbooks\/many-failures\.md$/),
	]);
});
