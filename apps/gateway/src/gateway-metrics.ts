import type { Server } from 'node:http';
import { promisify } from 'node:util';
import { counter, gauge } from '@creatorr/service/metrics';
import { readWhenScraped } from '@creatorr/service/scrape';
import type { EvictionReason } from './domain/connection-table.ts';
import type { Lease } from './domain/lease.ts';
import type { InFlight } from './http/in-flight.ts';

const upstreamFailures = counter({
	name: 'creatorr_gateway_upstream_failures_total',
	help: 'Requests that a service did not answer, or not as it should have, by service',
	labels: ['service'],
});

const connections = gauge({
	name: 'creatorr_gateway_connections',
	help: 'Connections of clients that are open at the public port',
});

const signedInRequests = gauge({
	name: 'creatorr_gateway_requests_in_flight',
	help: 'Requests of signed-in users that are not finished, waits and streams included',
});

const leaseLeft = gauge({
	name: 'creatorr_gateway_lease_left_seconds',
	help: 'How long this gateway’s lease still lasts; 0 where it has none and refuses signed-in requests',
});

const evictedConnections = counter({
	name: 'creatorr_gateway_connections_evicted_total',
	help: 'Connections that were closed for new ones, by reason',
	labels: ['reason'],
});

const droppedConnections = counter({
	name: 'creatorr_gateway_connections_dropped_total',
	help: 'New connections that were closed unread because all were in use',
});

const pipeliningConnections = counter({
	name: 'creatorr_gateway_connections_pipelining_total',
	help: 'Connections that were closed because too many pipelined requests waited on them',
});

const shedRequests = counter({
	name: 'creatorr_gateway_requests_shed_total',
	help: 'Requests without a session that were refused with 503 because all connections were in use',
});

const limitedRequests = counter({
	name: 'creatorr_gateway_requests_limited_total',
	help: 'Requests that were refused with 429, by limit: of users, or of networks without a session',
	labels: ['limit'],
});

/** Limits per user: the rate, the short requests at a time, the waits and event streams at a time; and `held`, those of all users. */
export type UserLimit = 'rate' | 'requests' | 'waits' | 'held';

export function countEvictedConnection(reason: EvictionReason): void {
	evictedConnections.inc({ reason });
}

export function countDroppedConnection(): void {
	droppedConnections.inc();
}

export function countPipeliningConnection(): void {
	pipeliningConnections.inc();
}

export function countShedRequest(): void {
	shedRequests.inc();
}

export function countLimitedRequest(limit: UserLimit | 'anonymous'): void {
	limitedRequests.inc({ limit });
}

export function countUpstreamFailure(service: string): void {
	upstreamFailures.inc({ service });
}

/** Shows what is open here and how long the lease lasts. */
export function showGateway(parts: {
	publicServer: Pick<Server, 'getConnections'>;
	inFlight: Pick<InFlight, 'count'>;
	lease: Pick<Lease, 'leftMs'>;
}): { stop(): void } {
	const { publicServer, inFlight, lease } = parts;
	const countConnections = promisify(publicServer.getConnections.bind(publicServer));
	return readWhenScraped({
		name: 'gateway',
		gauges: [connections, signedInRequests, leaseLeft],
		read: countConnections,
		show(open) {
			connections.set(open);
			signedInRequests.set(inFlight.count());
			leaseLeft.set(lease.leftMs() / 1_000);
		},
	});
}
