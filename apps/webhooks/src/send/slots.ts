import type { ClaimedDelivery } from './claim.sql.ts';
import { BREAKER_FAILURES } from './endpoint-health.ts';

export interface SlotLimits {
	/** Attempts of this process at a time. */
	total: number;
	/** Attempts of this process at a time to one endpoint. */
	perEndpoint: number;
}

/** What a slot needs to know of a delivery. */
export type SlotUser = Pick<ClaimedDelivery, 'endpointId' | 'userId' | 'slow' | 'failures'>;

/** Slow endpoints never take the attempts that fast ones need. */
const SLOW_SHARE = 0.5;

/**
 * Attempts that one user may have for each slot that is still free. A lone user gets a fifth of the slots; the more users there are, the less
 * each gets. So a few users never take all, also by deleting endpoints whose attempts still run.
 */
const USER_SHARE_OF_FREE = 1 / 4;

function createCounts() {
	const counts = new Map<string, number>();
	return {
		counts,
		add(key: string, change: 1 | -1) {
			const count = (counts.get(key) ?? 0) + change;
			if (count === 0) counts.delete(key);
			else counts.set(key, count);
		},
	};
}

/** Counts the attempts that run in this process. */
export function createSlots({ total, perEndpoint }: SlotLimits) {
	const [ofEndpoints, ofUsers] = [createCounts(), createCounts()];
	const totalSlow = Math.floor(total * SLOW_SHARE);
	let all = 0;
	let allSlow = 0;
	const add = ({ endpointId, userId, slow }: SlotUser, change: 1 | -1) => {
		ofEndpoints.add(endpointId, change);
		ofUsers.add(userId, change);
		all += change;
		if (slow) allSlow += change;
	};
	const perUser = () => Math.ceil(Math.max(0, total - all) * USER_SHARE_OF_FREE);
	return {
		acquire: (delivery: SlotUser) => add(delivery, 1),
		release: (delivery: SlotUser) => add(delivery, -1),
		/** Running attempts by endpoint. */
		ofEndpoints: (): ReadonlyMap<string, number> => ofEndpoints.counts,
		/** Running attempts by user. */
		ofUsers: (): ReadonlyMap<string, number> => ofUsers.counts,
		count: () => all,
		free: () => Math.max(0, total - all),
		freeSlow: () => Math.max(0, totalSlow - allSlow),
		/** Limit of the running attempts of each user now. */
		perUser,
		/** Whether the end of this running attempt lets another one start, because it takes the last slot of a limit. */
		holdsLastSlot({ endpointId, userId, slow, failures }: SlotUser): boolean {
			const limit = failures >= BREAKER_FAILURES ? 1 : perEndpoint;
			const isEndpointFull = (ofEndpoints.counts.get(endpointId) ?? 0) >= limit;
			const isUserFull = (ofUsers.counts.get(userId) ?? 0) >= perUser();
			return isEndpointFull || isUserFull || all >= total || (slow && allSlow >= totalSlow);
		},
	};
}
