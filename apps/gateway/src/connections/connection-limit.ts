import type { Server } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { AppError } from '@creatorr/contracts/errors';
import { networkOf } from '@creatorr/service/address-network';
import type { Logger } from '@creatorr/service/logger';
import { counter } from '@creatorr/service/metrics';
import { createNetworkBuckets } from '../admission/network-limits.ts';
import type { ClientConnection, PublicSocket } from '../exchange.ts';
import type { Limits } from '../limit-settings.ts';
import { createNetworkTotals, type NetworkTotals } from '../network-totals.ts';
import { isTrusted, type TrustedProxies } from './client-address.ts';
import { createConnectionTable } from './connection-table.ts';
import { createEviction } from './eviction.ts';

interface ConnectionLimitOptions {
	limits: Pick<
		Limits,
		| 'connections'
		| 'maxConnectionsPerNetwork'
		| 'newConnectionsPerSecond'
		| 'newConnectionBurst'
		| 'trackedNetworks'
		| 'keepAliveMs'
		| 'slowRequestMs'
	>;
	/** Connections of trusted proxies carry requests of many clients and have their own limits. */
	trustedProxies: TrustedProxies;
	logger: Logger;
}

/** Limits the connections of clients. */
export interface ConnectionLimit {
	/** Starts to count the connections of this server. */
	attach(server: Server | TlsServer): void;
	beginRequest(socket: PublicSocket): void;
	endRequest(socket: PublicSocket): void;
	/** Whether the reserve is in use and no connection is idle, so that only authenticated requests should be served. */
	isSaturated(): boolean;
	/** Closes connections without a request, which would delay a drain. */
	closeUnused(): void;
}

/** Above this share of connections, keep-alive is shortened. */
const FULL_KEEP_ALIVE_FILL = 0.5;
const MIN_KEEP_ALIVE_MS = 1_000;

/** Returns how long to keep an idle connection when this share of all connections, from 0 to 1, is in use. */
export function keepAliveMsAt(fill: number, fullMs: number): number {
	const left = Math.min(1, (1 - fill) / (1 - FULL_KEEP_ALIVE_FILL));
	return Math.max(Math.min(MIN_KEEP_ALIVE_MS, fullMs), Math.round(fullMs * left));
}

const droppedConnections = counter({
	name: 'creatorr_gateway_connections_dropped_total',
	help: 'New connections closed unread because all connections were in use',
});
const rateLimitedConnections = counter({
	name: 'creatorr_gateway_connections_rate_limited_total',
	help: 'New connections closed unread because their network opens too many in a short time',
});
const shedRequests = counter({
	name: 'creatorr_gateway_requests_shed_total',
	help: 'Unauthenticated requests rejected with 503 because all connections were in use',
});

/** Returns the error for an unauthenticated request while the gateway is at its limit, and counts it. */
export function shedRequest(): AppError {
	shedRequests.inc();
	return new AppError('upstream_unavailable', 'Too many open connections. Try again in a moment.', {
		retryAfterSeconds: 2,
	});
}

/** Returns the connection of a new socket. */
function describeConnection(socket: PublicSocket, trustedProxies: TrustedProxies): ClientConnection {
	const address = socket.remoteAddress ?? '';
	const connection: ClientConnection = {
		socket,
		network: networkOf(address),
		isProxy: isTrusted(address, trustedProxies),
		isBeyondLimit: false,
		evictableSinceMs() {
			const { exchange } = connection.socket;
			if (!exchange || exchange.res.closed) return undefined;
			return exchange.req.complete && exchange.credential ? undefined : exchange.startedAtMs;
		},
	};
	socket.connection = connection;
	return connection;
}

/** Counts a new connection of its network and IPv6 site until it closes, and limits the connection if they have too many. */
function limitNetwork(
	connection: ClientConnection,
	open: NetworkTotals,
	{ limits: { maxConnectionsPerNetwork: limit }, logger }: Pick<ConnectionLimitOptions, 'limits' | 'logger'>,
): void {
	const { network, isProxy, socket } = connection;
	if (isProxy) return;
	connection.isBeyondLimit = open.wouldExceed(network, 1, limit);
	if (connection.isBeyondLimit && !open.wouldExceed(network, 0, limit))
		logger.warn('gateway.connections_limited', { network });
	if (open.wouldExceed(network, 1, 2 * limit)) socket.destroy();
	open.add(network, 1);
	socket.once('close', () => open.add(network, -1));
}

/** Returns a function that tells whether the network of a new connection opens too many. Refused connections take no token. */
function createConnectionRateLimit(limits: ConnectionLimitOptions['limits'], monotonicMs: () => number) {
	const buckets = createNetworkBuckets({
		tokensPerSecond: limits.newConnectionsPerSecond,
		burst: limits.newConnectionBurst,
		capacity: limits.trackedNetworks,
		monotonicMs,
	});
	return ({ network, isProxy }: ClientConnection): boolean => {
		if (isProxy || buckets.reserve(network, 1) === 0) return false;
		buckets.refund(network, 1);
		return true;
	};
}

/** Replaces the raw socket of a connection by its TLS socket after the handshake. Both sockets have the same address and port. */
function followHandshakes(server: TlsServer): { add(connection: ClientConnection): void } {
	const nameOf = ({ remoteAddress, remotePort, localAddress }: Socket) =>
		`${remoteAddress} ${remotePort} ${localAddress}`;
	const byName = new Map<string, ClientConnection>();
	server.on('secureConnection', (socket: PublicSocket) => {
		const connection = byName.get(nameOf(socket));
		if (!connection) return;
		connection.socket = socket;
		socket.connection = connection;
	});
	return {
		add(connection) {
			const { socket } = connection;
			const name = nameOf(socket);
			byName.set(name, connection);
			socket.once('close', () => {
				if (byName.get(name) === connection) byName.delete(name);
			});
		},
	};
}

/**
 * Limits how many connections are open at a time. Near the total limit, a new connection replaces an idle one of the network that has the
 * most. If none is idle, new connections use the reserve. Beyond the reserve, Node closes them unread. Beyond the limit of its network
 * or IPv6 site, the first request on a connection gets 429. Beyond twice that limit, connections are closed unread.
 */
export function createConnectionLimit(options: ConnectionLimitOptions): ConnectionLimit {
	const { limits, trustedProxies } = options;
	const monotonicMs = () => performance.now();
	const table = createConnectionTable<ClientConnection>(monotonicMs);
	const eviction = createEviction({ table, limits, monotonicMs });
	const open = createNetworkTotals();
	const isTooFast = createConnectionRateLimit(limits, monotonicMs);

	return {
		attach(server) {
			const handshakes = server instanceof TlsServer ? followHandshakes(server) : undefined;
			const adjustKeepAlive = () => {
				server.keepAliveTimeout = keepAliveMsAt(table.count() / limits.connections, limits.keepAliveMs);
			};
			server.maxConnections = limits.connections;
			server.on('drop', () => droppedConnections.inc());
			server.on('connection', (socket: PublicSocket) => {
				const connection = describeConnection(socket, trustedProxies);
				if (isTooFast(connection)) {
					rateLimitedConnections.inc();
					socket.destroy();
					return;
				}
				eviction.makeRoom();
				table.add(connection);
				limitNetwork(connection, open, options);
				handshakes?.add(connection);
				adjustKeepAlive();
				socket.once('close', () => {
					table.remove(connection);
					adjustKeepAlive();
				});
			});
		},
		beginRequest({ connection }) {
			if (connection) table.beginRequest(connection);
		},
		endRequest({ connection }) {
			if (connection) table.endRequest(connection);
		},
		isSaturated: eviction.isSaturated,
		closeUnused() {
			for (const { socket } of table.unused()) socket.destroy();
		},
	};
}
