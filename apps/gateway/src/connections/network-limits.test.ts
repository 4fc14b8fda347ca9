import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import { BlockList } from 'node:net';
import { silent } from '@creatorr/testing/silent';
import { expect, test } from '@jest/globals';
import type { PublicSocket } from '../exchange.ts';
import { LIMITS, type Limits } from '../limit-settings.ts';
import { createConnectionLimit } from './connection-limit.ts';

/** Returns a function that opens a connection from an address and returns it. */
function openAt(limits: Partial<Limits>) {
	const server = new EventEmitter() as unknown as Server;
	const list = new BlockList();
	list.addAddress('192.0.2.99');
	createConnectionLimit({
		limits: { ...LIMITS, ...limits },
		trustedProxies: { isEmpty: false, list },
		logger: silent,
	}).attach(server);
	return (remoteAddress: string) => {
		const socket = Object.assign(new EventEmitter(), {
			remoteAddress,
			destroyed: false,
			destroy() {
				socket.destroyed = true;
				socket.emit('close');
			},
		});
		server.emit('connection', socket as unknown as PublicSocket);
		return socket as unknown as PublicSocket;
	};
}

test('the networks of one IPv6 site together have four times the limit of one network', () => {
	const open = openAt({ maxConnectionsPerNetwork: 1 });
	const sockets = Array.from({ length: 9 }, (_, index) => open(`2001:db8:1:ab0${index}::1`));
	const limited = sockets.map(({ connection }) => connection?.isBeyondLimit);
	expect(limited).toEqual([...Array(4).fill(false), ...Array(5).fill(true)]);
});

test('closes new connections of a network that opens too many, but not those of other networks and of proxies', () => {
	const open = openAt({ newConnectionsPerSecond: 0.001, newConnectionBurst: 2 });
	const isClosed = (address: string) => open(address).destroyed;
	const addresses = ['192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2'];
	expect(addresses.map(isClosed)).toEqual([false, false, true, false]);
	expect(Array(3).fill('192.0.2.99').map(isClosed)).toEqual([false, false, false]);
});
