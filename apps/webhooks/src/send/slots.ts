import type { ClaimedDelivery } from './claim.sql.ts';
import { BREAKER_FAILURES } from './endpoint-health.ts';

export interface SlotLimits {
	/** Attempts of this process at a time. */
	total: number;
	/** Attempts of this process at a time to one endpoint. */
	perEndpoint: number;
}

/** The fields of a delivery that decide which limits its attempt counts toward. */
export type SlotRequest = Pick<ClaimedDelivery, 'endpointId' | 'userId' | 'host' | 'slow' | 'failures'>;

/** Returns the key by which attempts of one user at one host are counted. */
const hostKey = ({ userId, host }: SlotRequest) => `${userId} ${host}`;

/** The share of the attempts that slow endpoints may take together. The rest is for fast ones. */
const SLOW_SHARE = 0.5;

/**
 * Attempts that one user may have for each slot that is still free. A lone user gets a fifth of the slots; the more users there are, the less
 * each gets. So a few users never take all, also by deleting endpoints whose attempts still run.
 */
const USER_SHARE_OF_FREE = 1 / 4;

/**
 * Concurrent attempts of one user at one host, as a multiple of those of an endpoint. With one, the backlog of a slow endpoint would delay
 * the others at its host.
 */
const ENDPOINTS_PER_HOST = 2;

/** What the attempts of this process leave free when a claim begins. */
export interface FreeSlots {
	free: number;
	freeSlow: number;
	/** Limit of the running attempts of each user at one host. */
	perHost: number;
	/** Limit of the running attempts of each user. */
	perUser: number;
	runningByEndpoint: ReadonlyMap<string, number>;
	runningByHost: ReadonlyMap<string, number>;
	runningByUser: ReadonlyMap<string, number>;
}

function createCounts(initial?: ReadonlyMap<string, number>) {
	const counts = new Map(initial);
	return {
		counts,
		add(key: string, change: 1 | -1) {
			const count = (counts.get(key) ?? 0) + change;
			if (count === 0) counts.delete(key);
			else counts.set(key, count);
		},
		/** Returns the keys with this count or more. */
		atLeast: (count: number) => new Set([...counts].filter(([, n]) => n >= count).map(([key]) => key)),
	};
}

/** Counts the attempts that run in this process. */
export function createSlots({ total, perEndpoint }: SlotLimits) {
	const [runningByEndpoint, runningByHost, runningByUser] = [createCounts(), createCounts(), createCounts()];
	const perHost = ENDPOINTS_PER_HOST * perEndpoint;
	const endpointsWithOpenBreaker = new Set<string>();
	const totalSlow = Math.floor(total * SLOW_SHARE);
	let all = 0;
	let allSlow = 0;
	/** The limits that the last claim reached: beyond them, more deliveries may be due. */
	let reached = {
		endpoints: new Set<string>(),
		hosts: new Set<string>(),
		users: new Set<string>(),
		all: false,
		slow: false,
	};

	const add = (delivery: SlotRequest, change: 1 | -1) => {
		const { endpointId, userId, slow } = delivery;
		runningByEndpoint.add(endpointId, change);
		runningByHost.add(hostKey(delivery), change);
		runningByUser.add(userId, change);
		all += change;
		if (slow) allSlow += change;
	};

	/** Adds what was claimed to what ran before the claim, because attempts that have ended meanwhile took slots of it. */
	function findReached(before: FreeSlots, claimed: readonly SlotRequest[]): typeof reached {
		const byEndpoint = createCounts(before.runningByEndpoint);
		const byHost = createCounts(before.runningByHost);
		const byUser = createCounts(before.runningByUser);
		for (const delivery of claimed) {
			byEndpoint.add(delivery.endpointId, 1);
			byHost.add(hostKey(delivery), 1);
			byUser.add(delivery.userId, 1);
		}
		const limitOf = (endpointId: string) => (endpointsWithOpenBreaker.has(endpointId) ? 1 : perEndpoint);
		return {
			endpoints: new Set([...byEndpoint.counts].filter(([id, n]) => n >= limitOf(id)).map(([id]) => id)),
			hosts: byHost.atLeast(perHost),
			users: byUser.atLeast(before.perUser),
			all: claimed.length >= before.free,
			slow: claimed.filter(({ slow }) => slow).length >= before.freeSlow,
		};
	}

	return {
		count: () => all,
		free(): FreeSlots {
			const free = Math.max(0, total - all);
			return {
				free,
				freeSlow: Math.max(0, totalSlow - allSlow),
				perHost,
				perUser: Math.ceil(free * USER_SHARE_OF_FREE),
				runningByEndpoint: new Map(runningByEndpoint.counts),
				runningByHost: new Map(runningByHost.counts),
				runningByUser: new Map(runningByUser.counts),
			};
		},
		/** Takes a slot for each delivery of a claim. `before` is what was free when the claim began. */
		acquire(claimed: readonly SlotRequest[], before: FreeSlots): void {
			for (const delivery of claimed) {
				add(delivery, 1);
				if (delivery.failures >= BREAKER_FAILURES) endpointsWithOpenBreaker.add(delivery.endpointId);
				else endpointsWithOpenBreaker.delete(delivery.endpointId);
			}
			reached = findReached(before, claimed);
		},
		release(delivery: SlotRequest): void {
			add(delivery, -1);
			if (!runningByEndpoint.counts.has(delivery.endpointId))
				endpointsWithOpenBreaker.delete(delivery.endpointId);
		},
		/** Whether the end of this attempt frees a limit that the last claim reached, so that another attempt can start. */
		freesReachedLimit: (delivery: SlotRequest): boolean =>
			reached.all ||
			reached.endpoints.has(delivery.endpointId) ||
			reached.hosts.has(hostKey(delivery)) ||
			reached.users.has(delivery.userId) ||
			(delivery.slow && reached.slow),
	};
}
