/** The longest wait, also of an owner at a new address; also how long it takes to forgive one failure. */
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
	/** Counts the account's failures from all unknown networks: while the other networks have too many, one is free here. */
	allNetworks?: { key: string; freeFailures: number };
}

/** The first attempt of a network is never delayed, however many others attack the account. */
const FREE_DURING_ATTACK = 1;

/** How long the next attempt has to wait after that many failures: 1 s at the limit, doubled for each further one, up to 60 s. */
function delayMs(failures: number, freeFailures: number): number {
	const beyond = Math.round(failures) - freeFailures;
	return beyond < 0 ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** beyond);
}

/** Never negative: a clock that was set back must not lengthen a wait. */
function elapsedMs({ lastFailedAt }: FailureCounter, now: Date): number {
	return Math.max(0, now.getTime() - lastFailedAt.getTime());
}

/** Returns the counter as of now, without the failures that time has forgiven. */
export function asOf(counter: FailureCounter, now: Date): FailureCounter {
	const failures = Math.max(0, counter.failures - elapsedMs(counter, now) / LONGEST_DELAY_MS);
	return { key: counter.key, failures, lastFailedAt: now };
}

/** Returns how long from now until the next attempt, 0 when it may be made. */
export function remainingDelayMs(counter: FailureCounter, freeFailures: number, now: Date): number {
	return Math.max(0, delayMs(counter.failures, freeFailures) - elapsedMs(counter, now));
}

/** Returns whether the next failure causes a delay, so that attempts are made one by one. */
export function isSlowed(counter: FailureCounter, freeFailures: number, now: Date): boolean {
	return delayMs(asOf(counter, now).failures, freeFailures) > 0;
}

/** Returns how many failures are free, in view of those of other networks. */
export function freeFailuresNow(
	{ freeFailures, allNetworks }: FailureLimit,
	counters: { own: FailureCounter | undefined; allNetworks: FailureCounter | undefined },
	now: Date,
): number {
	if (!allNetworks || !counters.allNetworks) return freeFailures;
	const own = counters.own ? asOf(counters.own, now).failures : 0;
	const others = asOf(counters.allNetworks, now).failures - own;
	return delayMs(others, allNetworks.freeFailures) > 0
		? Math.min(freeFailures, FREE_DURING_ATTACK)
		: freeFailures;
}

/** Returns the counter after one more failure. */
export function afterFailure(counter: FailureCounter, now: Date): FailureCounter {
	const current = asOf(counter, now);
	return { ...current, failures: current.failures + 1 };
}
