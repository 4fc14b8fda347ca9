import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import { BlockList } from 'node:net';
import { expect, test } from '@jest/globals';
import type { PublicSocket } from '../exchange.ts';
import { SILENT } from '../testing/gateway.ts';
import { createConnectionLimit } from './connection-limit.ts';

test('the networks of one IPv6 site have four times the limit of one, and no more', () => {
	const server = new EventEmitter() as unknown as Server;
	createConnectionLimit({
		limits: { connections: 1_000, maxConnectionsPerNetwork: 1, keepAliveMs: 1_000, slowRequestMs: 1_000 },
		trustedProxies: { isEmpty: true, list: new BlockList() },
		logger: SILENT,
	}).attach(server);
	const connections = Array.from({ length: 9 }, (_, index) => {
		const socket = Object.assign(new EventEmitter(), {
			remoteAddress: `2001:db8:1:ab0${index}::1`,
			destroy: () => socket.emit('close'),
		}) as unknown as PublicSocket;
		server.emit('connection', socket);
		return socket.connection;
	});
	const limited = connections.map((connection) => connection?.isBeyondLimit);
	expect(limited).toEqual([...Array(4).fill(false), ...Array(5).fill(true)]);
});
