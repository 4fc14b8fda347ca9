import { AppError } from '@creatorr/contracts/errors';
import { formatWait } from '@creatorr/contracts/format';
import type { Database } from '../database.sql.ts';
import {
	addFailure,
	counterAt,
	effectiveFailuresBeforeDelay,
	type FailureCounter,
	type FailureLimit,
	isThrottled,
	remainingDelayMs,
} from './failure-counter.ts';
import { readCounters, restoreCounter, updateCounters } from './login-failures.sql.ts';

/** An admitted attempt, to be ended by {@link recordFailure} or {@link releaseAttempt}. */
interface Admission {
	/** Counters whose delay this attempt has restarted, as they were before. */
	restarted: readonly FailureCounter[];
	restartedAt: Date;
}

function checkDelay(limit: FailureLimit, counter: FailureCounter | undefined, now: Date): void {
	const waitMs = counter ? remainingDelayMs(counter, limit.failuresBeforeDelay, now) : 0;
	if (waitMs === 0) return;
	const seconds = Math.ceil(waitMs / 1000);
	const scopeText = limit.scope === 'account' ? 'for this account' : 'from your network';
	const message = `Too many wrong passwords ${scopeText}. Try again in ${formatWait(seconds)}.`;
	throw new AppError('rate_limited', message, { retryAfterSeconds: seconds });
}

function keysOf(limits: readonly FailureLimit[]): string[] {
	return limits.flatMap(({ key, allUnknownNetworks }) =>
		allUnknownNetworks ? [key, allUnknownNetworks.key] : [key],
	);
}

/** Throws `rate_limited` if the attempt comes before the end of a delay. Otherwise returns the limits that are reached. */
export async function checkDelays(
	prisma: Database,
	limits: readonly FailureLimit[],
): Promise<FailureLimit[]> {
	const { counters, now } = await readCounters(prisma, keysOf(limits));
	const present = limits.map((limit) => {
		const allUnknownNetworks = limit.allUnknownNetworks && counters.get(limit.allUnknownNetworks.key);
		const failuresBeforeDelay = effectiveFailuresBeforeDelay(
			limit,
			{ own: counters.get(limit.key), allUnknownNetworks },
			now,
		);
		return { ...limit, failuresBeforeDelay };
	});
	return present.filter((limit) => {
		const counter = counters.get(limit.key);
		checkDelay(limit, counter, now);
		return counter !== undefined && isThrottled(counter, limit.failuresBeforeDelay, now);
	});
}

/**
 * Admits an attempt, or throws `rate_limited`. Once a limit is reached, an admitted attempt restarts the counter's delay before its
 * password is compared, so that concurrent attempts are refused. Before that, nothing is written, and right passwords never delay each other.
 */
export async function admitAttempt(prisma: Database, limits: readonly FailureLimit[]): Promise<Admission> {
	const throttled = new Map((await checkDelays(prisma, limits)).map((limit) => [limit.key, limit]));
	if (throttled.size === 0) return { restarted: [], restartedAt: new Date() };
	const { before, now } = await updateCounters(prisma, [...throttled.keys()], (counter, at) => {
		const limit = throttled.get(counter.key);
		if (limit) checkDelay(limit, counter, at);
		return counterAt(counter, at);
	});
	return { restarted: before, restartedAt: now };
}

/** Counts a wrong password. */
export async function recordFailure(prisma: Database, limits: readonly FailureLimit[]): Promise<void> {
	await updateCounters(prisma, keysOf(limits), addFailure);
}

/** Restores the counters as they were before the attempt restarted their delay, after a right password. */
export async function releaseAttempt(prisma: Database, { restarted, restartedAt }: Admission): Promise<void> {
	for (const counter of restarted) await restoreCounter(prisma, counter, restartedAt);
}
