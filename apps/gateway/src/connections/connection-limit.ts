import type { Server } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { AppError } from '@creatorr/contracts/errors';
import { networkOf } from '@creatorr/service/address-network';
import type { Logger } from '@creatorr/service/logger';
import { counter } from '@creatorr/service/metrics';
import type { Limits } from '../limits/limits.ts';
import type { ClientConnection, PublicSocket } from '../requests/exchange.ts';
import { isTrusted, type TrustedProxies } from './client-address.ts';
import { createConnectionTable, type Victim } from './connection-table.ts';

interface ConnectionLimitOptions {
	limits: Pick<Limits, 'connections' | 'connectionsPerAddress' | 'keepAliveMs' | 'slowRequestMs'>;
	/** Their connections carry requests of many clients. They have limits of their own. */
	trustedProxies: TrustedProxies;
	logger: Logger;
}

/** The connections of clients, bounded. */
export interface ConnectionLimit {
	/** Begins to count the connections of this server. */
	attach(server: Server | TlsServer): void;
	beginRequest(socket: PublicSocket): void;
	endRequest(socket: PublicSocket): void;
	/** All connections are in use, and so is the reserve: only live sessions should be served. */
	isCrowded(): boolean;
	/** Closes connections without a request so far: a server that drains would wait for them. */
	closeUnused(): void;
}

/** Above this share of all connections, new ones replace others. The rest is a reserve for bursts and live sessions. */
const EVICTION_FILL = 0.95;
/** Above this share keep-alive gets shorter. */
const FULL_KEEP_ALIVE_FILL = 0.5;
const MIN_KEEP_ALIVE_MS = 1_000;
const MIN_IDLE_MS = 250;
/** How long a failed search is not repeated: it looks at every connection. */
const SEARCH_PAUSE_MS = 100;

/** How long to keep an idle connection at this fill, from 0 to 1. */
export function keepAliveMsAt(fill: number, fullMs: number): number {
	const left = Math.min(1, (1 - fill) / (1 - FULL_KEEP_ALIVE_FILL));
	return Math.max(Math.min(MIN_KEEP_ALIVE_MS, fullMs), Math.round(fullMs * left));
}

const evictedConnections = counter({
	name: 'creatorr_gateway_connections_evicted_total',
	help: 'Connections that were closed for new ones, by reason',
	labels: ['reason'],
});
const droppedConnections = counter({
	name: 'creatorr_gateway_connections_dropped_total',
	help: 'New connections that were closed unread because all were in use',
});
const shedRequests = counter({
	name: 'creatorr_gateway_requests_shed_total',
	help: 'Requests without a session that were refused with 503 because all connections were in use',
});

/** Returns the refusal of a request without a live session while the gateway is at its limit, and counts it. */
export function shedRequest(): AppError {
	shedRequests.inc();
	return new AppError('upstream_unavailable', 'Too many open connections. Try again in a moment.', {
		retryAfterSeconds: 2,
	});
}

/**
 * Limits how many connections are open at a time. Near the total limit, a new connection replaces an idle one of the network that
 * has most. When none is idle, the reserve takes new ones; beyond it Node closes them unread. Beyond the limit of its network, the
 * first request on a connection gets 429; beyond twice that limit, connections are closed unread.
 */
export function createConnectionLimit({
	limits,
	trustedProxies,
	logger,
}: ConnectionLimitOptions): ConnectionLimit {
	const monotonicMs = () => performance.now();
	const table = createConnectionTable<ClientConnection>(monotonicMs);
	const evictAbove = Math.floor(limits.connections * EVICTION_FILL);
	/** Over TLS a request comes on another socket than its connection did; both have the same name. */
	const byName = new Map<string, ClientConnection>();
	let searchedInVainAtMs = Number.NEGATIVE_INFINITY;

	const nameOf = ({ remoteAddress, remotePort, localAddress }: Socket) =>
		`${remoteAddress} ${remotePort} ${localAddress}`;

	/** The fuller the reserve, the shorter a connection has to be idle. For the last place any idle one is closed. */
	function findVictim(): Victim<ClientConnection> | undefined {
		const reserve = Math.max(1, limits.connections - evictAbove);
		const left = Math.max(0, limits.connections - 1 - table.count()) / reserve;
		const idle = table.findIdle(MIN_IDLE_MS * left);
		if (idle || monotonicMs() - searchedInVainAtMs < SEARCH_PAUSE_MS) return idle;
		const slow = table.findSlow(limits.slowRequestMs);
		if (!slow) searchedInVainAtMs = monotonicMs();
		return slow;
	}

	/** Before a new connection is counted, which is thus never the one that is closed. */
	function makeRoom(): void {
		while (table.count() >= evictAbove) {
			const victim = findVictim();
			if (!victim) return;
			table.remove(victim.connection);
			victim.connection.socket.destroy();
			evictedConnections.inc({ reason: victim.reason });
		}
	}

	function open(socket: PublicSocket): ClientConnection {
		const address = socket.remoteAddress ?? '';
		const connection: ClientConnection = {
			socket,
			network: networkOf(address),
			isProxy: isTrusted(address, trustedProxies),
			isBeyondLimit: false,
			expendableSinceMs() {
				const { exchange } = connection.socket;
				if (!exchange || exchange.res.closed) return undefined;
				return exchange.req.complete && exchange.session ? undefined : exchange.startedAtMs;
			},
		};
		socket.connection = connection;
		const openFromNetwork = table.add(connection);
		if (!connection.isProxy) limitNetwork(connection, openFromNetwork);
		return connection;
	}

	function limitNetwork(connection: ClientConnection, open: number): void {
		if (open <= limits.connectionsPerAddress) return;
		connection.isBeyondLimit = true;
		if (open === limits.connectionsPerAddress + 1)
			logger.warn('connections.beyond_limit', { network: connection.network });
		if (open > 2 * limits.connectionsPerAddress) connection.socket.destroy();
	}

	return {
		attach(server) {
			const isTls = server instanceof TlsServer;
			const adjustKeepAlive = () => {
				server.keepAliveTimeout = keepAliveMsAt(table.count() / limits.connections, limits.keepAliveMs);
			};
			server.maxConnections = limits.connections;
			server.on('drop', () => droppedConnections.inc());
			server.on('connection', (socket: PublicSocket) => {
				makeRoom();
				const connection = open(socket);
				const name = isTls ? nameOf(socket) : '';
				if (isTls) byName.set(name, connection);
				adjustKeepAlive();
				socket.once('close', () => {
					table.remove(connection);
					if (byName.get(name) === connection) byName.delete(name);
					adjustKeepAlive();
				});
			});
			server.on('secureConnection', (socket: PublicSocket) => {
				const connection = byName.get(nameOf(socket));
				if (!connection) return;
				connection.socket = socket;
				socket.connection = connection;
			});
		},
		beginRequest({ connection }) {
			if (connection) table.beginRequest(connection);
		},
		endRequest({ connection }) {
			if (connection) table.endRequest(connection);
		},
		isCrowded: () => table.count() > evictAbove && !table.findIdle(0),
		closeUnused() {
			for (const { socket } of table.unused()) socket.destroy();
		},
	};
}
