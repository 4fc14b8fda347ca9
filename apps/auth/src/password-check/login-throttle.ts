import { AppError } from '@creatorr/contracts/errors';
import { formatWait } from '@creatorr/contracts/format';
import type { Database } from '../database.sql.ts';
import {
	addFailure,
	counterAt,
	effectiveFreeFailures,
	type FailureCounter,
	type FailureLimit,
	isThrottled,
	remainingDelayMs,
} from './failure-counter.ts';
import { readCounters, restoreCounter, updateCounters } from './login-failures.sql.ts';

/** An admitted attempt, to be ended by {@link recordFailure} or {@link releaseAttempt}. */
interface Admission {
	/** Counters whose delay this attempt has claimed, as they were before. */
	claimed: readonly FailureCounter[];
	claimedAt: Date;
}

function refuseIfEarly(limit: FailureLimit, counter: FailureCounter | undefined, now: Date): void {
	const waitMs = counter ? remainingDelayMs(counter, limit.freeFailures, now) : 0;
	if (waitMs === 0) return;
	const seconds = Math.ceil(waitMs / 1000);
	const scopeText = limit.scope === 'account' ? 'for this account' : 'from your network';
	const message = `Too many wrong passwords ${scopeText}. Try again in ${formatWait(seconds)}.`;
	throw new AppError('rate_limited', message, { retryAfterSeconds: seconds });
}

function keysOf(limits: readonly FailureLimit[]): string[] {
	return limits.flatMap(({ key, allNetworks }) => (allNetworks ? [key, allNetworks.key] : [key]));
}

/** Throws `rate_limited` if an attempt is too early. Returns the limits that are reached, at which attempts are made one by one. */
export async function refuseEarly(
	prisma: Database,
	limits: readonly FailureLimit[],
): Promise<FailureLimit[]> {
	const { counters, now } = await readCounters(prisma, keysOf(limits));
	const present = limits.map((limit) => {
		const allNetworks = limit.allNetworks && counters.get(limit.allNetworks.key);
		const freeFailures = effectiveFreeFailures(limit, { own: counters.get(limit.key), allNetworks }, now);
		return { ...limit, freeFailures };
	});
	return present.filter((limit) => {
		const counter = counters.get(limit.key);
		refuseIfEarly(limit, counter, now);
		return counter !== undefined && isThrottled(counter, limit.freeFailures, now);
	});
}

/**
 * Admits an attempt, or throws `rate_limited`. When a limit is reached, each attempt claims the counter's delay, so that concurrent
 * attempts can't bypass it. Before that, nothing is written, and right passwords never delay each other.
 */
export async function admitAttempt(prisma: Database, limits: readonly FailureLimit[]): Promise<Admission> {
	const throttled = new Map((await refuseEarly(prisma, limits)).map((limit) => [limit.key, limit]));
	if (throttled.size === 0) return { claimed: [], claimedAt: new Date() };
	const { before, now } = await updateCounters(prisma, [...throttled.keys()], (counter, at) => {
		const limit = throttled.get(counter.key);
		if (limit) refuseIfEarly(limit, counter, at);
		return counterAt(counter, at);
	});
	return { claimed: before, claimedAt: now };
}

/** Counts a wrong password. */
export async function recordFailure(prisma: Database, limits: readonly FailureLimit[]): Promise<void> {
	await updateCounters(prisma, keysOf(limits), addFailure);
}

/** Restores the counters as they were before the attempt claimed their delay, after a right password. */
export async function releaseAttempt(prisma: Database, { claimed, claimedAt }: Admission): Promise<void> {
	for (const counter of claimed) await restoreCounter(prisma, counter, claimedAt);
}
