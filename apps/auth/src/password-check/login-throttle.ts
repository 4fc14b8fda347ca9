import { AppError } from '@creatorr/contracts/errors';
import { formatWait } from '@creatorr/contracts/format';
import type { Database } from '../database.sql.ts';
import {
	addFailure,
	counterAt,
	effectiveFailuresBeforeLockout,
	type FailureCounter,
	type FailureLimit,
	isLimitReached,
	remainingLockoutMs,
} from './failure-counter.ts';
import { readCounters, restoreCounter, updateCounters } from './login-failures.sql.ts';

/** An admitted attempt, to be ended by {@link recordFailure} or {@link releaseAttempt}. */
interface Admission {
	/** Counters whose lockout this attempt has restarted, as they were before. */
	restarted: readonly FailureCounter[];
	restartedAt: Date;
}

function requireLockoutEnded(limit: FailureLimit, counter: FailureCounter | undefined, now: Date): void {
	const waitMs = counter ? remainingLockoutMs(counter, limit.failuresBeforeLockout, now) : 0;
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

/** Throws `rate_limited` during a lockout. Otherwise returns the limits that are reached. */
export async function requireNoLockout(
	prisma: Database,
	limits: readonly FailureLimit[],
): Promise<FailureLimit[]> {
	const { counters, now } = await readCounters(prisma, keysOf(limits));
	const effective = limits.map((limit) => {
		const allUnknownNetworks = limit.allUnknownNetworks && counters.get(limit.allUnknownNetworks.key);
		const failuresBeforeLockout = effectiveFailuresBeforeLockout(
			limit,
			{ network: counters.get(limit.key), allUnknownNetworks },
			now,
		);
		return { ...limit, failuresBeforeLockout };
	});
	return effective.filter((limit) => {
		const counter = counters.get(limit.key);
		requireLockoutEnded(limit, counter, now);
		return counter !== undefined && isLimitReached(counter, limit.failuresBeforeLockout, now);
	});
}

/**
 * Admits an attempt, or throws `rate_limited`. Once a limit is reached, an admitted attempt restarts the counter's lockout before its
 * password is compared, so that concurrent attempts are refused. Before that, nothing is written, and right passwords never lock each other out.
 */
export async function admitAttempt(prisma: Database, limits: readonly FailureLimit[]): Promise<Admission> {
	const reached = new Map((await requireNoLockout(prisma, limits)).map((limit) => [limit.key, limit]));
	if (reached.size === 0) return { restarted: [], restartedAt: new Date() };
	const { before, now } = await updateCounters(prisma, [...reached.keys()], (counter, at) => {
		const limit = reached.get(counter.key);
		if (limit) requireLockoutEnded(limit, counter, at);
		return counterAt(counter, at);
	});
	return { restarted: before, restartedAt: now };
}

/** Counts a wrong password. */
export async function recordFailure(prisma: Database, limits: readonly FailureLimit[]): Promise<void> {
	await updateCounters(prisma, keysOf(limits), addFailure);
}

/** Restores the counters as they were before the attempt restarted their lockout, after a right password. */
export async function releaseAttempt(prisma: Database, { restarted, restartedAt }: Admission): Promise<void> {
	for (const counter of restarted) await restoreCounter(prisma, counter, restartedAt);
}
