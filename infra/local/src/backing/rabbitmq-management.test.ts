import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { checkRabbitConfirms } from './rabbitmq-management.ts';

let server: Server;
afterEach(() => {
	server.close();
});

/** Checks a broker whose node has these alarms and which answers publishes with this status. */
async function check(alarms: { disk: boolean; memory: boolean }, publishStatus: number): Promise<void> {
	const node = {
		...{ mem_alarm: alarms.memory, disk_free_alarm: alarms.disk },
		...{ disk_free: 1, disk_free_limit: 2 },
	};
	server = createServer(({ url = '' }, response) => {
		if (url.startsWith('/api/nodes')) return response.end(JSON.stringify([node]));
		return response.writeHead(url.endsWith('/publish') ? publishStatus : 204).end();
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	await checkRabbitConfirms(`http://ada:x@127.0.0.1:${(server.address() as AddressInfo).port}`);
}

test('a broker that confirms a publish is alive', async () => {
	await check({ disk: false, memory: false }, 200);
});

test('a broker that confirms nothing is not alive, so that it is restarted', async () => {
	await expect(check({ disk: false, memory: false }, 500)).rejects.toThrow('status 500');
});

test.each([
	['disk', { disk: true, memory: false }],
	['memory', { disk: false, memory: true }],
])('a broker with a %s alarm counts as alive, as a restart can’t help', async (_, alarms) => {
	await check(alarms, 500);
});
