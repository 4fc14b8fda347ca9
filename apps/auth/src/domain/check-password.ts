import { createHash } from 'node:crypto';
import { AppError } from '@creatorr/contracts/errors';
import type { Logger } from '@creatorr/service/logger';
import type { BoundedLine } from './bounded-line.ts';
import type { FailureLimit } from './failure-counter.ts';
import { admit, type FailureStore, fail, refuseEarly, release } from './login-throttle.ts';
import type { Passwords } from './passwords.ts';
import { refuseSlowly } from './refuse-slowly.ts';

export interface CheckPasswordDeps {
	failures: FailureStore;
	line: BoundedLine;
	passwords: Passwords;
	freeFailures: { account: number; address: number };
	logger: Logger;
}

/** Whose failures count together: those of one session, of a network that the owner signs in from, or of all strangers. */
export type Standing = { sessionId: string } | 'known-network' | 'stranger';

export interface PasswordAttempt {
	/** Null for an account that does not exist: as slow and as wrong as any other. */
	owner: { userId: string; passwordHash: string } | null;
	email: string;
	password: string;
	network: string;
	standing: Standing;
	clientGone: AbortSignal;
}

/** Counters outlive accounts by some minutes: they are kept under a digest and not under the email. */
function accountKey({ email, standing, network }: PasswordAttempt): string {
	if (typeof standing === 'object') return `session ${standing.sessionId}`;
	const account = createHash('sha256').update(email).digest('base64url');
	return standing === 'known-network' ? `account ${account} from ${network}` : `account ${account}`;
}

function limitsOf(deps: CheckPasswordDeps, attempt: PasswordAttempt): FailureLimit[] {
	const { account, address } = deps.freeFailures;
	return [
		{ key: accountKey(attempt), scope: 'account', freeFailures: account },
		{ key: `address ${attempt.network}`, scope: 'address', freeFailures: address },
	];
}

/** Judges an admitted attempt and counts what came out. */
async function judge(deps: CheckPasswordDeps, attempt: PasswordAttempt): Promise<boolean> {
	const limits = limitsOf(deps, attempt);
	const admission = await admit(deps.failures, limits);
	const isRight = await deps.passwords.matches(attempt.password, attempt.owner?.passwordHash ?? null);
	if (!isRight) {
		await fail(deps.failures, limits);
		return false;
	}
	await release(deps.failures, admission);
	if (attempt.standing !== 'stranger') await deps.failures.forget(accountKey(attempt));
	return true;
}

/**
 * Whether the password is right. Throws `rate_limited` when it comes too early after wrong ones, and when too many others are
 * being checked. A right one from a session or a known network clears the failures from there;
 * strangers' are left to time, as others may have made them.
 */
export function checkPassword(deps: CheckPasswordDeps, attempt: PasswordAttempt): Promise<boolean> {
	const who = { user_id: attempt.owner?.userId, network: attempt.network };
	return refuseSlowly(async () => {
		try {
			// Those who are slowed do not take a place in the line.
			await refuseEarly(deps.failures, limitsOf(deps, attempt));
			const isRight = await deps.line(() => judge(deps, attempt), attempt.clientGone);
			if (!isRight) deps.logger.warn('security.password_wrong', who);
			return isRight;
		} catch (error) {
			if (error instanceof AppError && error.code === 'rate_limited') {
				deps.logger.warn('security.password_slowed', { ...who, reason: error.message });
			}
			throw error;
		}
	}, attempt.clientGone);
}
