/** The longest that anybody is made to wait, an owner elsewhere included; also how long it takes to forgive one failure. */
const LONGEST_DELAY_MS = 60_000;
const FIRST_DELAY_MS = 1_000;

/** Wrong passwords for one account or from one address. */
export interface FailureCounter {
	key: string;
	/** As of `lastFailedAt`; one is forgiven a minute, hence a fraction. */
	failures: number;
	/** Of the last failure, or of an attempt that is being judged. */
	lastFailedAt: Date;
}

/** A counter with how much it may hold before it slows anybody. */
export interface FailureLimit {
	key: string;
	scope: 'account' | 'address';
	freeFailures: number;
	/** Counts the same failures with those of others: while the others have too many, one is free here and no more. */
	crowd?: { key: string; freeFailures: number };
}

/** Whoever has not failed yet is always let through at once, whatever the crowd does. */
const FREE_IN_A_CROWD = 1;

/** How long the next attempt has to wait after that many failures: 1 s at the limit, then twice as long for each, up to 60 s. */
function delayMs(failures: number, freeFailures: number): number {
	const beyond = Math.round(failures) - freeFailures;
	return beyond < 0 ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** beyond);
}

/** A clock that was set back takes nobody's time. */
function elapsedMs({ lastFailedAt }: FailureCounter, now: Date): number {
	return Math.max(0, now.getTime() - lastFailedAt.getTime());
}

/** The counter as it stands now, with what time has forgiven. */
export function asOf(counter: FailureCounter, now: Date): FailureCounter {
	const failures = Math.max(0, counter.failures - elapsedMs(counter, now) / LONGEST_DELAY_MS);
	return { key: counter.key, failures, lastFailedAt: now };
}

/** How long from now until the next attempt, 0 when it may be made. */
export function remainingDelayMs(counter: FailureCounter, freeFailures: number, now: Date): number {
	return Math.max(0, delayMs(counter.failures, freeFailures) - elapsedMs(counter, now));
}

/** Whether the next failure will cost time, so that attempts are to be made one by one. */
export function isSlowed(counter: FailureCounter, freeFailures: number, now: Date): boolean {
	return delayMs(asOf(counter, now).failures, freeFailures) > 0;
}

/** How many failures are free in view of what others have done lately. */
export function freeFailuresNow(
	{ freeFailures, crowd }: FailureLimit,
	counters: { own: FailureCounter | undefined; crowd: FailureCounter | undefined },
	now: Date,
): number {
	if (!crowd || !counters.crowd) return freeFailures;
	const own = counters.own ? asOf(counters.own, now).failures : 0;
	const others = asOf(counters.crowd, now).failures - own;
	return delayMs(others, crowd.freeFailures) > 0 ? Math.min(freeFailures, FREE_IN_A_CROWD) : freeFailures;
}

/** The counter after one more failure. */
export function afterFailure(counter: FailureCounter, now: Date): FailureCounter {
	const current = asOf(counter, now);
	return { ...current, failures: current.failures + 1 };
}
