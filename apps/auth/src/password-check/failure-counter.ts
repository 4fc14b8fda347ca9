/** Longest lockout, also of an owner at a new address. */
const LONGEST_LOCKOUT_MS = 60_000;
/** One failure is forgiven after this time. */
const FORGIVE_ONE_AFTER_MS = 60_000;
const FIRST_LOCKOUT_MS = 1_000;

/** Wrong passwords for one account or from one network. */
export interface FailureCounter {
	key: string;
	/** As of `lastFailedAt`. May be a fraction, because one failure is forgiven per minute. */
	failures: number;
	/** Time of the last failure, or of an attempt in progress. */
	lastFailedAt: Date;
}

/** A counter with its limit: after `failuresBeforeLockout` failures, attempts are refused for a time. */
export interface FailureLimit {
	key: string;
	scope: 'account' | 'network';
	failuresBeforeLockout: number;
	/** Counts the account's failures from all unknown networks. While other networks have too many, the limit here is one. */
	allUnknownNetworks?: { key: string; failuresBeforeLockout: number };
}

/** The first attempt of a network is never refused, however many others attack the account. */
const FAILURES_BEFORE_LOCKOUT_DURING_ATTACK = 1;

/** Returns for how long attempts are refused after that many failures: 1 s at the limit, doubled for each further one, up to 60 s. */
function lockoutMs(failures: number, failuresBeforeLockout: number): number {
	const beyond = Math.round(failures) - failuresBeforeLockout;
	return beyond < 0 ? 0 : Math.min(LONGEST_LOCKOUT_MS, FIRST_LOCKOUT_MS * 2 ** beyond);
}

/** Returns the elapsed time; 0 if the clock was set back, which must not extend a lockout. */
function elapsedMs({ lastFailedAt }: FailureCounter, now: Date): number {
	return Math.max(0, now.getTime() - lastFailedAt.getTime());
}

/** Returns the counter as of `now`, without forgiven failures. */
export function counterAt(counter: FailureCounter, now: Date): FailureCounter {
	const failures = Math.max(0, counter.failures - elapsedMs(counter, now) / FORGIVE_ONE_AFTER_MS);
	return { key: counter.key, failures, lastFailedAt: now };
}

/** Returns the time until the next attempt is allowed; 0 if it is. */
export function remainingLockoutMs(
	counter: FailureCounter,
	failuresBeforeLockout: number,
	now: Date,
): number {
	return Math.max(0, lockoutMs(counter.failures, failuresBeforeLockout) - elapsedMs(counter, now));
}

/** Whether the counter has reached its limit, so that attempts are made one by one. */
export function isLimitReached(counter: FailureCounter, failuresBeforeLockout: number, now: Date): boolean {
	return lockoutMs(counterAt(counter, now).failures, failuresBeforeLockout) > 0;
}

/** Returns the number of failures after which a network is locked out: lower while other networks have too many failures. */
export function effectiveFailuresBeforeLockout(
	{ failuresBeforeLockout, allUnknownNetworks }: FailureLimit,
	counters: { network: FailureCounter | undefined; allUnknownNetworks: FailureCounter | undefined },
	now: Date,
): number {
	if (!allUnknownNetworks || !counters.allUnknownNetworks) return failuresBeforeLockout;
	const ownFailures = counters.network ? counterAt(counters.network, now).failures : 0;
	const others = counterAt(counters.allUnknownNetworks, now).failures - ownFailures;
	return lockoutMs(others, allUnknownNetworks.failuresBeforeLockout) > 0
		? Math.min(failuresBeforeLockout, FAILURES_BEFORE_LOCKOUT_DURING_ATTACK)
		: failuresBeforeLockout;
}

/** Returns the counter after one more failure. */
export function addFailure(counter: FailureCounter, now: Date): FailureCounter {
	const current = counterAt(counter, now);
	return { ...current, failures: current.failures + 1 };
}
