import { createHash } from 'node:crypto';
import { AppError } from '@creatorr/contracts/errors';
import { networkOf, rangesOf } from '@creatorr/service/address-network';
import type { Logger } from '@creatorr/service/logger';
import { counter } from '@creatorr/service/metrics';
import { LRUCache } from 'lru-cache';
import type { Requester } from '../accounts/account.ts';
import type { Database } from '../database.sql.ts';
import type { Passwords } from '../password-hashing/password-hashing.ts';
import { recordEvent, type SecurityEventKind } from '../security-events/security-events.sql.ts';
import { delayRefusal } from './delay-refusal.ts';
import type { FailureLimit } from './failure-counter.ts';
import type { FairQueue, QueueRequest } from './fair-queue.ts';
import { deleteCounter } from './login-failures.sql.ts';
import { admitAttempt, recordFailure, releaseAttempt, requireNoLockout } from './login-throttle.ts';

export interface CheckPasswordDeps {
	prisma: Database;
	queue: FairQueue;
	passwords: Passwords;
	failuresBeforeLockout: { account: number; network: number };
	/** Whether an event with this key was logged and recorded within the last minute. */
	isRepeat(key: string): boolean;
	logger: Logger;
}

const REPEAT_MS = 60_000;
const REMEMBERED_EVENTS = 10_000;

const checks = counter({
	name: 'creatorr_password_checks_total',
	help: 'Password checks, by kind (sign-in, session: of a signed-in user) and outcome: right, wrong, throttled',
	labels: ['kind', 'outcome'],
});

export interface PasswordAttempt extends Requester {
	/**
	 * Null if there is no account; `passwordHash` is null if it is suspended. In both cases every password fails, after the time of a
	 * comparison.
	 */
	owner: { userId: string; passwordHash: string | null } | null;
	email: string;
	password: string;
	/**
	 * Where the attempt comes from: a session, a network that the owner has signed in from, or an unknown network. Failures are counted
	 * separately.
	 */
	origin: { sessionId: string } | 'known-network' | 'unknown-network';
}

/**
 * Returns a function that says whether it was called with the same key within the last minute. It keeps the refused requests of a flood
 * from filling the log and the event table.
 */
export function createRepeatFilter(): (key: string) => boolean {
	const recent = new LRUCache<string, true>({ max: REMEMBERED_EVENTS, ttl: REPEAT_MS });
	return (key) => {
		if (recent.has(key)) return true;
		recent.set(key, true);
		return false;
	};
}

/** Returns a digest of the email, because counters outlive a deleted account by some minutes. */
function digestOf(email: string): string {
	return createHash('sha256').update(email).digest('base64url');
}

function accountKey({ email, origin }: PasswordAttempt, network: string): string {
	if (typeof origin === 'object') return `session ${origin.sessionId}`;
	return `account ${digestOf(email)} from ${network}`;
}

/**
 * Returns the limits of an unknown network. While unknown networks together have too many failures, each has one free failure instead of
 * `failuresBeforeLockout`. So the owner's first attempt from a new address is never refused.
 */
function unknownNetworkLimits(
	attempt: PasswordAttempt,
	network: string,
	failuresBeforeLockout: number,
): FailureLimit[] {
	const account = `account ${digestOf(attempt.email)}`;
	return rangesOf(network).map(({ range, factor }) => ({
		key: `${account} from ${range}`,
		scope: 'account',
		failuresBeforeLockout: failuresBeforeLockout * factor,
		...(range === network && { allUnknownNetworks: { key: account, failuresBeforeLockout } }),
	}));
}

function limitsOf(deps: CheckPasswordDeps, attempt: PasswordAttempt): FailureLimit[] {
	const { failuresBeforeLockout } = deps;
	const network = networkOf(attempt.client.address);
	const accountLimits: FailureLimit[] =
		attempt.origin === 'unknown-network'
			? unknownNetworkLimits(attempt, network, failuresBeforeLockout.account)
			: [
					{
						key: accountKey(attempt, network),
						scope: 'account',
						failuresBeforeLockout: failuresBeforeLockout.account,
					},
				];
	// Stored counters have this prefix.
	const key = `address ${network}`;
	return [...accountLimits, { key, scope: 'network', failuresBeforeLockout: failuresBeforeLockout.network }];
}

/** Compares the password of an admitted attempt, and counts the result. */
async function compare(deps: CheckPasswordDeps, attempt: PasswordAttempt): Promise<boolean> {
	const limits = limitsOf(deps, attempt);
	const admission = await admitAttempt(deps.prisma, limits);
	const isRight = await deps.passwords.matches(attempt.password, attempt.owner?.passwordHash ?? null);
	if (!isRight) {
		await recordFailure(deps.prisma, limits);
		return false;
	}
	await releaseAttempt(deps.prisma, admission);
	await deleteCounter(deps.prisma, accountKey(attempt, networkOf(attempt.client.address)));
	return true;
}

async function record(
	{ prisma }: CheckPasswordDeps,
	{ owner, client, origin }: PasswordAttempt,
	kind: SecurityEventKind,
): Promise<void> {
	const sessionId = typeof origin === 'object' ? origin.sessionId : null;
	await recordEvent(prisma, { kind, userId: owner?.userId ?? null, sessionId, client });
}

/**
 * Returns whether the password is right. Throws `rate_limited` during a lockout, or if too many other passwords are being
 * checked. A right password clears the account's failures from this session or network. Other failures of the network
 * or the account expire with time, because other people may have caused them.
 */
export function checkPassword(deps: CheckPasswordDeps, attempt: PasswordAttempt): Promise<boolean> {
	const { client, clientGone, owner } = attempt;
	const network = networkOf(client.address);
	const who = { user_id: owner?.userId, network };
	const kind = typeof attempt.origin === 'object' ? 'session' : 'sign-in';
	const turn: QueueRequest =
		attempt.origin === 'known-network'
			? { kind: 'known-sign-in', network, account: attempt.email, clientGone }
			: { kind, network, clientGone };
	return delayRefusal(async () => {
		try {
			// Attempts during a lockout don't enter the queue.
			await requireNoLockout(deps.prisma, limitsOf(deps, attempt));
			const isRight = await deps.queue(turn, () => compare(deps, attempt));
			checks.inc({ kind, outcome: isRight ? 'right' : 'wrong' });
			if (isRight) return true;
			deps.logger.warn('security.password_wrong', who);
			await record(deps, attempt, 'password_wrong');
			return false;
		} catch (error) {
			if (error instanceof AppError && error.code === 'rate_limited') {
				checks.inc({ kind, outcome: 'throttled' });
				// A flood of refusals would hide every other warning, and formatting them would take CPU time from sign-ins.
				if (!deps.isRepeat(`${owner?.userId} ${network}`)) {
					deps.logger.warn('security.password_throttled', { ...who, reason: error.message });
					await record(deps, attempt, 'password_throttled');
				}
			}
			throw error;
		}
	}, clientGone);
}
