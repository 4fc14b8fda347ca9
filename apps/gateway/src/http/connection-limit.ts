import type { Server } from 'node:http';
import { networkOf } from '@creatorr/service/address-network';
import type { Logger } from '@creatorr/service/logger';
import { isTrusted, type TrustedProxies } from '../domain/client-address.ts';
import type { Limits } from '../limits.ts';
import type { PublicSocket } from './exchange.ts';

interface Given {
	limits: Pick<Limits, 'connections' | 'connectionsPerAddress'>;
	/** They bring everybody's connections, and bound them by themselves. */
	trustedProxies: TrustedProxies;
	logger: Logger;
}

/**
 * Bounds how many connections are open at a time. Beyond the bound of all, node closes new ones unread. Beyond that of its
 * network a connection is told so at its first request, and has to make that in time; beyond twice as many it is closed unread.
 */
export function limitConnections(server: Server, { limits, trustedProxies, logger }: Given): void {
	const openFrom = new Map<string, number>();
	const beyondLimit = new Set<string>();
	server.maxConnections = limits.connections;

	/** Over TLS a request comes on another socket than its connection did; both have these names. */
	function nameOf({ remoteAddress, remotePort, localAddress }: PublicSocket): string {
		return `${remoteAddress} ${remotePort} ${localAddress}`;
	}

	function forget(network: string): void {
		const left = (openFrom.get(network) ?? 0) - 1;
		if (left > 0) openFrom.set(network, left);
		else openFrom.delete(network);
	}

	server.on('connection', (socket: PublicSocket) => {
		const address = socket.remoteAddress ?? '';
		if (isTrusted(address, trustedProxies)) return;
		const network = networkOf(address);
		const open = (openFrom.get(network) ?? 0) + 1;
		openFrom.set(network, open);
		socket.once('close', () => forget(network));
		if (open <= limits.connectionsPerAddress) return;
		socket.isBeyondLimit = true;
		const name = nameOf(socket);
		beyondLimit.add(name);
		socket.once('close', () => beyondLimit.delete(name));
		if (open === limits.connectionsPerAddress + 1) logger.warn('connections.beyond_limit', { network });
		if (open > 2 * limits.connectionsPerAddress) socket.destroy();
	});
	server.on('secureConnection', (socket: PublicSocket) => {
		socket.isBeyondLimit = beyondLimit.has(nameOf(socket));
	});
}
