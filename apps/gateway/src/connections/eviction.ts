import { counter } from '@creatorr/service/metrics';
import type { ClientConnection } from '../exchange.ts';
import type { Limits } from '../limit-settings.ts';
import type { ConnectionTable, Victim } from './connection-table.ts';

/** Above this share of all connections, new ones evict others. The rest is a reserve for bursts and authenticated requests. */
const EVICTION_FILL = 0.95;
const MIN_IDLE_MS = 250;
/** How long to wait after a failed search, which visits every connection. */
const SEARCH_PAUSE_MS = 100;

const evictedConnections = counter({
	name: 'creatorr_gateway_connections_evicted_total',
	help: 'Connections closed to admit new ones, by reason',
	labels: ['reason'],
});

interface EvictionOptions {
	table: ConnectionTable<ClientConnection>;
	limits: Pick<Limits, 'connections' | 'slowRequestMs'>;
	monotonicMs(): number;
}

/** Evicts connections near the limit. */
export interface Eviction {
	/** Evicts before a new connection is added, so that the new one is never the victim. */
	makeRoom(): void;
	/** Whether the reserve is in use and no connection is idle. */
	isSaturated(): boolean;
}

export function createEviction({ table, limits, monotonicMs }: EvictionOptions): Eviction {
	const evictAbove = Math.floor(limits.connections * EVICTION_FILL);
	let searchedInVainAtMs = Number.NEGATIVE_INFINITY;

	/** The fuller the reserve, the shorter a connection has to be idle. For the last slot any idle one is evicted. */
	function findVictim(): Victim<ClientConnection> | undefined {
		const reserve = Math.max(1, limits.connections - evictAbove);
		const left = Math.max(0, limits.connections - 1 - table.count()) / reserve;
		const idle = table.findIdle(MIN_IDLE_MS * left);
		if (idle || monotonicMs() - searchedInVainAtMs < SEARCH_PAUSE_MS) return idle;
		const slow = table.findSlow(limits.slowRequestMs);
		if (!slow) searchedInVainAtMs = monotonicMs();
		return slow;
	}

	return {
		makeRoom() {
			while (table.count() >= evictAbove) {
				const victim = findVictim();
				if (!victim) return;
				table.remove(victim.connection);
				victim.connection.socket.destroy();
				evictedConnections.inc({ reason: victim.reason });
			}
		},
		isSaturated: () => table.count() > evictAbove && !table.findIdle(0),
	};
}
