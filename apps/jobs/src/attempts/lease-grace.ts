/** Called before each check of the leases. Returns whether attempts with an expired lease may be marked as lost now. */
export type LeaseGrace = (nowMs: number) => boolean;

interface LeaseGraceOptions {
	leaseMs: number;
	/** A longer pause between two checks is an outage. */
	maxGapMs: number;
	startMs: number;
}

/** More than two intervals of `expire_leases`. In a longer gap the database or this process was down, so no heartbeat was recorded. */
export const MAX_GAP_MS = 3_000;

/**
 * Gives every worker a whole lease for its next heartbeat after a start, or after an outage of this process or of the database.
 * No heartbeat could arrive during the outage, so no attempt counts as lost.
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
