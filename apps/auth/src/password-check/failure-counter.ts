/** Maximum delay, also of an owner at a new address. */
const LONGEST_DELAY_MS = 60_000;
/** One failure is forgiven after this time. */
const FORGIVE_ONE_AFTER_MS = 60_000;
const FIRST_DELAY_MS = 1_000;

/** Wrong passwords for one account or from one network. */
export interface FailureCounter {
	key: string;
	/** As of `lastFailedAt`. May be a fraction, because one failure is forgiven per minute. */
	failures: number;
	/** Time of the last failure, or of an attempt in progress. */
	lastFailedAt: Date;
}

/** A counter with its limit: after `failuresBeforeDelay` failures, the next attempt is delayed. */
export interface FailureLimit {
	key: string;
	scope: 'account' | 'network';
	failuresBeforeDelay: number;
	/** Counts the account's failures from all unknown networks. While other networks have too many, the limit here is one. */
	allUnknownNetworks?: { key: string; failuresBeforeDelay: number };
}

/** The first attempt of a network is never delayed, however many others attack the account. */
const FAILURES_BEFORE_DELAY_DURING_ATTACK = 1;

/** Returns the delay of the next attempt after that many failures: 1 s at the limit, doubled for each further one, up to 60 s. */
function delayMs(failures: number, failuresBeforeDelay: number): number {
	const beyond = Math.round(failures) - failuresBeforeDelay;
	return beyond < 0 ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** beyond);
}

/** Returns the elapsed time; 0 if the clock was set back, which must not extend a delay. */
function elapsedMs({ lastFailedAt }: FailureCounter, now: Date): number {
	return Math.max(0, now.getTime() - lastFailedAt.getTime());
}

/** Returns the counter as of `now`, without forgiven failures. */
export function counterAt(counter: FailureCounter, now: Date): FailureCounter {
	const failures = Math.max(0, counter.failures - elapsedMs(counter, now) / FORGIVE_ONE_AFTER_MS);
	return { key: counter.key, failures, lastFailedAt: now };
}

/** Returns the time until the next attempt is allowed; 0 if it is. */
export function remainingDelayMs(counter: FailureCounter, failuresBeforeDelay: number, now: Date): number {
	return Math.max(0, delayMs(counter.failures, failuresBeforeDelay) - elapsedMs(counter, now));
}

/** Whether the counter has reached its limit, so that attempts are made one by one. */
export function isThrottled(counter: FailureCounter, failuresBeforeDelay: number, now: Date): boolean {
	return delayMs(counterAt(counter, now).failures, failuresBeforeDelay) > 0;
}

/** Returns the number of failures after which a network is delayed: lower while other networks have too many failures. */
export function effectiveFailuresBeforeDelay(
	{ failuresBeforeDelay, allUnknownNetworks }: FailureLimit,
	counters: { own: FailureCounter | undefined; allUnknownNetworks: FailureCounter | undefined },
	now: Date,
): number {
	if (!allUnknownNetworks || !counters.allUnknownNetworks) return failuresBeforeDelay;
	const own = counters.own ? counterAt(counters.own, now).failures : 0;
	const others = counterAt(counters.allUnknownNetworks, now).failures - own;
	return delayMs(others, allUnknownNetworks.failuresBeforeDelay) > 0
		? Math.min(failuresBeforeDelay, FAILURES_BEFORE_DELAY_DURING_ATTACK)
		: failuresBeforeDelay;
}

/** Returns the counter after one more failure. */
export function addFailure(counter: FailureCounter, now: Date): FailureCounter {
	const current = counterAt(counter, now);
	return { ...current, failures: current.failures + 1 };
}
