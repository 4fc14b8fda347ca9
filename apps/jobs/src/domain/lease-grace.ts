/** Told at each look at the leases; says whether expired ones may be ended now. */
export type LeaseGrace = (nowMs: number) => boolean;

interface LeaseGraceOptions {
	leaseMs: number;
	/** A longer pause between two looks is an outage. */
	maxGapMs: number;
	startMs: number;
}

/**
 * After a start, or an outage of this process or of the database, no heartbeat could be heard: every worker gets a whole
 * lease to be heard again before any counts as lost.
 */
export function createLeaseGrace({ leaseMs, maxGapMs, startMs }: LeaseGraceOptions): LeaseGrace {
	let lastMs = startMs;
	let endsMs = startMs + leaseMs;
	return (nowMs) => {
		if (nowMs - lastMs > maxGapMs) endsMs = nowMs + leaseMs;
		lastMs = nowMs;
		return nowMs >= endsMs;
	};
}
