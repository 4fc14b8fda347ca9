import { createHash } from 'node:crypto';
import { AppError } from '@creatorr/contracts/errors';
import { networkOf, siteOf } from '@creatorr/service/address-network';
import type { Logger } from '@creatorr/service/logger';
import { countPasswordCheck } from '../auth-metrics.ts';
import type { Client } from './account.ts';
import type { FailureLimit } from './failure-counter.ts';
import type { FairLine } from './fair-line.ts';
import { admit, type FailureStore, fail, refuseEarly, release } from './login-throttle.ts';
import type { Passwords } from './passwords.ts';
import { refuseSlowly } from './refuse-slowly.ts';
import type { SecurityEventKind, SecurityEventStore } from './security-event.ts';

export interface CheckPasswordDeps {
	failures: FailureStore;
	line: FairLine;
	passwords: Passwords;
	freeFailures: { account: number; address: number };
	securityEvents: SecurityEventStore;
	/** Whether an event of this key is to be kept, or was kept just now. */
	isNews(key: string): boolean;
	logger: Logger;
}

/** Of a whole IPv6 site, which may be several people, so many times what is free for one network. */
const FREE_OF_A_SITE = 4;

/** Whose failures count together: those of one session, of a network that the owner signs in from, or of all strangers. */
export type Standing = { sessionId: string } | 'known-network' | 'stranger';

export interface PasswordAttempt {
	/** Without an account, or a hash where it is suspended, any password is as slow and as wrong as another. */
	owner: { userId: string; passwordHash: string | null } | null;
	email: string;
	password: string;
	client: Client;
	standing: Standing;
	clientGone: AbortSignal;
}

/** Counters outlive accounts by some minutes: they are kept under a digest and not under the email. */
function digestOf(email: string): string {
	return createHash('sha256').update(email).digest('base64url');
}

function accountKey({ email, standing }: PasswordAttempt, network: string): string {
	if (typeof standing === 'object') return `session ${standing.sessionId}`;
	return `account ${digestOf(email)} from ${network}`;
}

/**
 * Of strangers each network has a limit of its own, which falls to one free failure while all of them together guess at the
 * account: its owner at a new place is let through at once, whoever else tries.
 */
function strangerLimits(attempt: PasswordAttempt, network: string, freeFailures: number): FailureLimit[] {
	const account = `account ${digestOf(attempt.email)}`;
	const site = siteOf(network);
	const limits: FailureLimit[] = [
		{
			key: accountKey(attempt, network),
			scope: 'account',
			freeFailures,
			crowd: { key: account, freeFailures },
		},
	];
	if (site) {
		limits.push({
			key: `${account} from ${site}`,
			scope: 'account',
			freeFailures: freeFailures * FREE_OF_A_SITE,
		});
	}
	return limits;
}

function limitsOf(deps: CheckPasswordDeps, attempt: PasswordAttempt): FailureLimit[] {
	const { account, address } = deps.freeFailures;
	const network = networkOf(attempt.client.address);
	const accountLimits: FailureLimit[] =
		attempt.standing === 'stranger'
			? strangerLimits(attempt, network, account)
			: [{ key: accountKey(attempt, network), scope: 'account', freeFailures: account }];
	return [...accountLimits, { key: `address ${network}`, scope: 'address', freeFailures: address }];
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
	await deps.failures.forget(accountKey(attempt, networkOf(attempt.client.address)));
	return true;
}

async function tell(
	deps: CheckPasswordDeps,
	attempt: PasswordAttempt,
	kind: SecurityEventKind,
): Promise<void> {
	const { owner, client, standing } = attempt;
	const sessionId = typeof standing === 'object' ? standing.sessionId : null;
	await deps.securityEvents.record({ kind, userId: owner?.userId ?? null, sessionId, client });
}

/** A flood that is refused must not fill the table: one of a minute is kept. */
async function tellSlowed(deps: CheckPasswordDeps, attempt: PasswordAttempt, network: string): Promise<void> {
	if (deps.isNews(`${attempt.owner?.userId} ${network}`)) await tell(deps, attempt, 'password_slowed');
}

/**
 * Whether the password is right. Throws `rate_limited` when it comes too early after wrong ones, and when too many others are
 * being checked. A right one clears the failures of its account from there; those of the address and of strangers elsewhere
 * are left to time, as others may have made them.
 */
export function checkPassword(deps: CheckPasswordDeps, attempt: PasswordAttempt): Promise<boolean> {
	const network = networkOf(attempt.client.address);
	const who = { user_id: attempt.owner?.userId, network };
	const kind = typeof attempt.standing === 'object' ? 'session' : 'sign-in';
	return refuseSlowly(async () => {
		try {
			// Those who are slowed do not take a place in the line.
			await refuseEarly(deps.failures, limitsOf(deps, attempt));
			const isRight = await deps.line({ kind, network }, () => judge(deps, attempt), attempt.clientGone);
			countPasswordCheck({ kind, outcome: isRight ? 'right' : 'wrong' });
			if (isRight) return true;
			deps.logger.warn('security.password_wrong', who);
			await tell(deps, attempt, 'password_wrong');
			return false;
		} catch (error) {
			if (error instanceof AppError && error.code === 'rate_limited') {
				countPasswordCheck({ kind, outcome: 'throttled' });
				deps.logger.warn('security.password_slowed', { ...who, reason: error.message });
				await tellSlowed(deps, attempt, network);
			}
			throw error;
		}
	}, attempt.clientGone);
}
