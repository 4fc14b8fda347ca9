import { AppError } from '@creatorr/contracts/errors';
import {
	afterFailure,
	asOf,
	type FailureCounter,
	type FailureLimit,
	freeFailuresNow,
	isSlowed,
	remainingDelayMs,
} from './failure-counter.ts';

/** By key; a key without failures is absent. */
type Counters = ReadonlyMap<string, FailureCounter>;

/** Where failures are counted, for all replicas. `now` is its clock, the same for all. */
export interface FailureStore {
	read(keys: readonly string[]): Promise<{ counters: Counters; now: Date }>;
	/**
	 * Stores what `change` makes of each counter, while nobody else changes them; answers what they were until then. When
	 * `change` throws, nothing is changed; it may be called again for the same counters.
	 */
	update(
		keys: readonly string[],
		change: (counter: FailureCounter, now: Date) => FailureCounter,
	): Promise<{ before: FailureCounter[]; now: Date }>;
	/** Puts a counter back, unless it has changed since that time. */
	restore(counter: FailureCounter, since: Date): Promise<void>;
	forget(key: string): Promise<void>;
}

/** An attempt that may be made now: to be ended by {@link fail} or {@link release}. */
export interface Admission {
	/** What the counters were that it has claimed the delay of. */
	claimed: readonly FailureCounter[];
	claimedAt: Date;
}

function refuseIfEarly(limit: FailureLimit, counter: FailureCounter | undefined, now: Date): void {
	const waitMs = counter ? remainingDelayMs(counter, limit.freeFailures, now) : 0;
	if (waitMs === 0) return;
	const seconds = Math.ceil(waitMs / 1000);
	const whose = limit.scope === 'account' ? 'for this account' : 'from this address';
	throw new AppError('rate_limited', `too many wrong passwords ${whose}; try again in ${seconds} s`, {
		retryAfterSeconds: seconds,
	});
}

function keysOf(limits: readonly FailureLimit[]): string[] {
	return limits.flatMap(({ key, crowd }) => (crowd ? [key, crowd.key] : [key]));
}

/** Throws `rate_limited` while an attempt would be too early; answers the limits at which attempts are made one by one. */
export async function refuseEarly(
	store: FailureStore,
	limits: readonly FailureLimit[],
): Promise<FailureLimit[]> {
	const { counters, now } = await store.read(keysOf(limits));
	const present = limits.map((limit) => {
		const crowd = limit.crowd && counters.get(limit.crowd.key);
		return { ...limit, freeFailures: freeFailuresNow(limit, { own: counters.get(limit.key), crowd }, now) };
	});
	return present.filter((limit) => {
		const counter = counters.get(limit.key);
		refuseIfEarly(limit, counter, now);
		return counter !== undefined && isSlowed(counter, limit.freeFailures, now);
	});
}

/**
 * Admits an attempt, or throws `rate_limited`. Once a counter is at its limit each attempt claims the delay for itself, so
 * that many at once are no way around it. Below the limit nothing is written, and right passwords never disturb each other.
 */
export async function admit(store: FailureStore, limits: readonly FailureLimit[]): Promise<Admission> {
	const slowed = new Map((await refuseEarly(store, limits)).map((limit) => [limit.key, limit]));
	if (slowed.size === 0) return { claimed: [], claimedAt: new Date() };
	const { before, now } = await store.update([...slowed.keys()], (counter, at) => {
		const limit = slowed.get(counter.key);
		if (limit) refuseIfEarly(limit, counter, at);
		return asOf(counter, at);
	});
	return { claimed: before, claimedAt: now };
}

/** The password was wrong. */
export async function fail(store: FailureStore, limits: readonly FailureLimit[]): Promise<void> {
	await store.update(keysOf(limits), afterFailure);
}

/** The password was right: the attempt has cost nobody any time. */
export async function release(store: FailureStore, { claimed, claimedAt }: Admission): Promise<void> {
	for (const counter of claimed) await store.restore(counter, claimedAt);
}
