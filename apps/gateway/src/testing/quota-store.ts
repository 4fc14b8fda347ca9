import type { QuotaAllocation, QuotaRequest } from '@creatorr/contracts/internal/auth';

const WINDOW_MS = 60_000;
const MAX_ADVANCE_MS = 60_000;

/** Allocates units as auth does, in memory. A test sets the limits, the number of gateways and the time. */
export function createQuotaStore(monotonicMs: () => number) {
	const fullAtMs = new Map<string, number>();
	const store = {
		/** Units a minute; 0: no limit. */
		limits: { requests: 0, jobs: 0 },
		gateways: 1,
		/** Fails calls while true. */
		isDown: false,
		/** Number of calls, each a statement of the database. */
		calls: 0,
		async allocate(requests: readonly QuotaRequest[]) {
			store.calls += 1;
			if (store.isDown) throw new Error('the quota store is down');
			return { gateways: store.gateways, allocations: requests.map(allocateOne) };
		},
	};

	function allocateOne({ principal, policy, is_large, excess_units }: QuotaRequest): QuotaAllocation {
		const limit = store.limits[policy];
		if (limit === 0) return { limit, units: 0, full_in_ms: 0 };
		const nowMs = monotonicMs();
		const key = `${principal} ${policy}`;
		const usedMs = Math.max(0, (fullAtMs.get(key) ?? 0) - nowMs);
		const advanceMs = WINDOW_MS + MAX_ADVANCE_MS;
		if (usedMs >= advanceMs) return { limit, units: 0, full_in_ms: advanceMs };
		const large = Math.max(1, Math.floor(limit / 10));
		const units = is_large ? large : Math.min(large, Math.max(3, Math.floor(limit / 50)));
		const fullInMs = usedMs + ((excess_units + units) * WINDOW_MS) / limit;
		fullAtMs.set(key, nowMs + fullInMs);
		return { limit, units, full_in_ms: fullInMs };
	}

	return store;
}
