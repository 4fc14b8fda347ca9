import type { ClaimedDelivery } from './claim.sql.ts';
import { BREAKER_FAILURES } from './endpoint-health.ts';

export interface SlotLimits {
	/** Attempts of this process at a time. */
	total: number;
	/** Attempts of this process at a time to one endpoint. */
	perEndpoint: number;
}

/** The fields of a delivery that decide which limits its attempt counts toward. */
export type SlotRequest = Pick<ClaimedDelivery, 'endpointId' | 'userId' | 'slow' | 'failures'>;

/** The share of the attempts that slow endpoints may take together. The rest is for fast ones. */
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
	const [runningByEndpoint, runningByUser] = [createCounts(), createCounts()];
	const totalSlow = Math.floor(total * SLOW_SHARE);
	let all = 0;
	let allSlow = 0;
	const add = ({ endpointId, userId, slow }: SlotRequest, change: 1 | -1) => {
		runningByEndpoint.add(endpointId, change);
		runningByUser.add(userId, change);
		all += change;
		if (slow) allSlow += change;
	};
	const perUser = () => Math.ceil(Math.max(0, total - all) * USER_SHARE_OF_FREE);
	return {
		acquire: (delivery: SlotRequest) => add(delivery, 1),
		release: (delivery: SlotRequest) => add(delivery, -1),
		/** Running attempts by endpoint. */
		runningByEndpoint: (): ReadonlyMap<string, number> => runningByEndpoint.counts,
		/** Running attempts by user. */
		runningByUser: (): ReadonlyMap<string, number> => runningByUser.counts,
		count: () => all,
		free: () => Math.max(0, total - all),
		freeSlow: () => Math.max(0, totalSlow - allSlow),
		/** Limit of the running attempts of each user now. */
		perUser,
		/** Whether the end of this running attempt lets another one start, because it takes the last slot of a limit. */
		holdsLastSlot({ endpointId, userId, slow, failures }: SlotRequest): boolean {
			const limit = failures >= BREAKER_FAILURES ? 1 : perEndpoint;
			const isEndpointFull = (runningByEndpoint.counts.get(endpointId) ?? 0) >= limit;
			const isUserFull = (runningByUser.counts.get(userId) ?? 0) >= perUser();
			return isEndpointFull || isUserFull || all >= total || (slow && allSlow >= totalSlow);
		},
	};
}
