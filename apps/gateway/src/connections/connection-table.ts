import { rangesOf } from '@creatorr/service/address-network';

/** Facts that decide which connection is evicted first. */
export interface Connection {
	/** Network of the peer: an IPv4 address, or an IPv6 /64. */
	readonly network: string;
	/** The peer is a trusted proxy, whose connections carry requests of many clients. */
	readonly isProxy: boolean;
	/**
	 * When its request began, in monotonic milliseconds, if the request may be dropped because it is still arriving or is not authenticated.
	 * Otherwise undefined.
	 */
	evictableSinceMs(): number | undefined;
}

interface State {
	requests: number;
	/** When the connection was opened or last completed a response. */
	idleSinceMs: number;
}

/** The connections of one network. `idle` is in the order in which they became idle. */
interface Network<T> {
	/** The largest IPv6 site that contains the network, then smaller ones, then the network itself. */
	ranges: readonly string[];
	open: Map<T, State>;
	/** Connections without a complete request so far. */
	unused: Set<T>;
	/** Connections between two requests. */
	idle: Set<T>;
}

export type EvictionReason = 'unused' | 'idle' | 'slow_request';

export interface Victim<T> {
	connection: T;
	reason: EvictionReason;
}

/** How long a new connection may wait for its first request before it counts as idle. */
export const FIRST_REQUEST_MS = 1_000;

/** The open connections by network. All operations except searches take constant time. */
export interface ConnectionTable<T extends Connection> {
	add(connection: T): void;
	remove(connection: T): void;
	beginRequest(connection: T): void;
	endRequest(connection: T): void;
	count(): number;
	/** Returns the connections that have not sent a complete request. */
	unused(): T[];
	/**
	 * Returns the idle connection to evict. It belongs to the IPv4 network or IPv6 /48 with the most connections, and there to the largest
	 * network of the largest /56. Connections that were unused for {@link FIRST_REQUEST_MS} come first. Returns undefined if it was idle for
	 * less than `minIdleMs`, because its client may be about to send a request. Takes time in proportion to the number of networks.
	 */
	findIdle(minIdleMs: number): Victim<T> | undefined;
	/** Returns the request to drop when no connection is idle. Takes time in proportion to the number of connections. */
	findSlow(minMs: number): Victim<T> | undefined;
}

function first<V>(values: Iterable<V>): V | undefined {
	return values[Symbol.iterator]().next().value;
}

/** Whether the first size that differs is larger: of the /48, the /56, the /64. An IPv4 network has one size, which stands for all three. */
function isLarger(one: readonly number[], other: readonly number[]): boolean {
	const sizeAt = (sizes: readonly number[], index: number) => sizes[index] ?? sizes.at(-1) ?? 0;
	const length = Math.max(one.length, other.length);
	for (let index = 0; index < length; index += 1) {
		if (sizeAt(one, index) !== sizeAt(other, index)) return sizeAt(one, index) > sizeAt(other, index);
	}
	return false;
}

/** Returns the largest matching network of the site with the most connections. Trusted proxies come last. */
function findLargest<T extends Connection>(
	networks: ReadonlyMap<string, Network<T>>,
	matches: (network: Network<T>) => boolean,
): Network<T> | undefined {
	const totals = new Map<string, number>();
	for (const { ranges, open } of networks.values())
		for (const range of ranges) totals.set(range, (totals.get(range) ?? 0) + open.size);
	let found: Network<T> | undefined;
	let foundSizes: readonly number[] = [-1];
	for (const network of networks.values()) {
		const isProxy = first(network.open.keys())?.isProxy;
		const sizes = isProxy ? [0] : network.ranges.map((range) => totals.get(range) ?? 0);
		if (!isLarger(sizes, foundSizes) || !matches(network)) continue;
		found = network;
		foundSizes = sizes;
	}
	return found;
}

function findIdle<T extends Connection>(
	networks: ReadonlyMap<string, Network<T>>,
	minIdleMs: number,
	nowMs: number,
): Victim<T> | undefined {
	const network = findLargest(networks, ({ unused, idle }) => unused.size + idle.size > 0);
	const candidates = [
		['unused', Math.max(minIdleMs, FIRST_REQUEST_MS)],
		['idle', minIdleMs],
		['unused', minIdleMs],
	] as const;
	for (const [reason, minMs] of candidates) {
		const connection = network && first(network[reason]);
		if (!connection) continue;
		const { idleSinceMs = nowMs } = network.open.get(connection) ?? {};
		if (nowMs - idleSinceMs >= minMs) return { connection, reason };
	}
	return undefined;
}

function findSlow<T extends Connection>(
	networks: ReadonlyMap<string, Network<T>>,
	beforeMs: number,
): Victim<T> | undefined {
	const slowOf = ({ open }: Network<T>) =>
		[...open.keys()].find((one) => (one.evictableSinceMs() ?? Number.POSITIVE_INFINITY) < beforeMs);
	const network = findLargest(networks, (one) => slowOf(one) !== undefined);
	const connection = network && slowOf(network);
	return connection && { connection, reason: 'slow_request' };
}

export function createConnectionTable<T extends Connection>(monotonicMs: () => number): ConnectionTable<T> {
	const networks = new Map<string, Network<T>>();
	let count = 0;

	/** Returns an open connection's state and network, or undefined after its removal. */
	function find(connection: T) {
		const network = networks.get(connection.network);
		const state = network?.open.get(connection);
		return network && state && { network, state };
	}

	return {
		add(connection) {
			const network = networks.get(connection.network) ?? {
				ranges: rangesOf(connection.network)
					.map(({ range }) => range)
					.reverse(),
				open: new Map(),
				unused: new Set(),
				idle: new Set(),
			};
			networks.set(connection.network, network);
			network.open.set(connection, { requests: 0, idleSinceMs: monotonicMs() });
			network.unused.add(connection);
			count += 1;
		},
		remove(connection) {
			const network = networks.get(connection.network);
			if (!network?.open.delete(connection)) return;
			network.unused.delete(connection);
			network.idle.delete(connection);
			if (network.open.size === 0) networks.delete(connection.network);
			count -= 1;
		},
		beginRequest(connection) {
			const found = find(connection);
			if (!found) return;
			found.state.requests += 1;
			found.network.unused.delete(connection);
			found.network.idle.delete(connection);
		},
		endRequest(connection) {
			const found = find(connection);
			if (!found) return;
			found.state.requests -= 1;
			if (found.state.requests > 0) return;
			found.state.idleSinceMs = monotonicMs();
			found.network.idle.add(connection);
		},
		count: () => count,
		unused: () => [...networks.values()].flatMap(({ unused }) => [...unused]),
		findIdle: (minIdleMs) => findIdle(networks, minIdleMs, monotonicMs()),
		findSlow: (minMs) => findSlow(networks, monotonicMs() - minMs),
	};
}
