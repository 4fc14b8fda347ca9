import type { Plan } from '@creatorr/contracts/plans';
import type { Credentials } from './account.ts';
import type { NewSession } from './session.ts';

/** Some sessions of one user: one of them, all but one, or all. */
export interface SessionScope {
	userId: string;
	only?: string;
	except?: string;
}

export interface RevokeResult {
	/** How many were alive until now. */
	revokedCount: number;
	/** Sessions in the scope that gateways may still take for alive, from earlier revocations too. */
	unsettledIds: string[];
}

export interface NewUser {
	id: string;
	email: string;
	name: string | null;
	passwordHash: string;
}

/** What a session was opened or an account changed with; it must still be the account's password when that is written. */
export interface VerifiedOwner {
	userId: string;
	verifiedHash: string;
}

export interface PlanChange {
	userId: string;
	plan: Plan;
	/** Grows with every change of this user's plan. */
	version: number;
}

export interface AccountStore {
	/** Stores both, or answers false when the email is taken. */
	register(user: NewUser, session: NewSession, network: string): Promise<boolean>;
	findByEmail(email: string): Promise<Credentials | null>;
	findById(id: string): Promise<Credentials | null>;
	isKnownNetwork(userId: string, network: string): Promise<boolean>;
	/** False, with nothing stored, when the password has changed or the account is gone. */
	openSession(owner: VerifiedOwner, session: NewSession, network: string): Promise<boolean>;
	/** Sets the hash and revokes all sessions but one; null, with nothing changed, as for {@link AccountStore.openSession}. */
	changePassword(owner: VerifiedOwner, newHash: string, keepSessionId: string): Promise<RevokeResult | null>;
	/** Removes the account with all its sessions and tells the other services; null as above. */
	remove(owner: VerifiedOwner): Promise<RevokeResult | null>;
	/** False, with nothing changed, when the account is gone or has had this change or a later one. */
	changePlan(change: PlanChange): Promise<boolean>;
}

export interface ListedSession {
	id: string;
	createdAt: Date;
	lastSeenAt: Date;
	userAgent: string | null;
}

export interface SessionStore {
	/** Those that are neither revoked nor expired, newest first. */
	listAlive(userId: string): Promise<ListedSession[]>;
	/** Whether it is neither revoked nor expired; notes, once a minute at most, that it was seen. */
	check(sessionId: string): Promise<boolean>;
	revoke(scope: SessionScope): Promise<RevokeResult>;
}
