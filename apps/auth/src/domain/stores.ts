import type { Plan } from '@creatorr/contracts/plans';
import type { Client, Credentials } from './account.ts';
import type { TokenMailKind } from './mailed-token.ts';
import type { Operator, SecurityEvent } from './security-event.ts';
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

/** A new password for whoever holds the token of a mail. */
export interface PasswordReset {
	tokenHash: Uint8Array<ArrayBuffer>;
	newHash: string;
	client: Client;
	/** The owner's from now on. */
	network: string;
}

/** An email that the holder of the token and of the account verifies. */
export interface EmailVerification {
	tokenHash: Uint8Array<ArrayBuffer>;
	userId: string;
	proof: { sessionId: string } | { verifiedHash: string };
	client: Client;
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
	/** Stores both and a mail to verify the email, or answers false when the email is taken. */
	register(user: NewUser, session: NewSession, network: string): Promise<boolean>;
	findByEmail(email: string): Promise<Credentials | null>;
	findById(id: string): Promise<Credentials | null>;
	isKnownNetwork(userId: string, network: string): Promise<boolean>;
	/**
	 * Tells the owner by a mail when the network was not seen lately. False, with nothing stored, when the password has changed or the
	 * account is gone or suspended.
	 */
	openSession(owner: VerifiedOwner, session: NewSession, network: string): Promise<boolean>;
	/** Sets the hash, revokes all sessions but one and tells the owner by a mail; null, with nothing changed, as for {@link AccountStore.openSession}. */
	changePassword(
		owner: VerifiedOwner,
		newHash: string,
		keep: { sessionId: string; client: Client },
	): Promise<RevokeResult | null>;
	/** The account whose token of a mail this is; null when it is wrong, used or expired. */
	findByMailedToken(kind: TokenMailKind, tokenHash: Uint8Array<ArrayBuffer>): Promise<Credentials | null>;
	/**
	 * Uses the token up: sets the hash, revokes all sessions, takes the email for verified and the network for the owner's one
	 * and only, and tells the owner by a mail. Null, with nothing changed, when the token is wrong, used or expired, or the account is suspended.
	 */
	resetPassword(reset: PasswordReset): Promise<(RevokeResult & { userId: string }) | null>;
	/**
	 * Uses the token up, marks the email verified and revokes all sessions but the one that asked. Null, with nothing changed, when
	 * the token was used meanwhile, the password has changed or the account is gone or suspended.
	 */
	verifyEmail(verification: EmailVerification): Promise<RevokeResult | null>;
	/** Removes the account with all that is known of it, tells the other services, and the owner by a mail; null as for `changePassword`. */
	remove(owner: VerifiedOwner, client: Client): Promise<RevokeResult | null>;
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
	/** Keeps the event when a session was revoked. */
	revoke(scope: SessionScope, event: SecurityEvent): Promise<RevokeResult>;
}

/** What an operator does to an account, and why. */
export interface OperatorAct {
	userId: string;
	by: Operator;
}

export interface SuspensionStore {
	/**
	 * From now on nobody signs in and no mail sets a new password; revokes all sessions. Null where there is no such account. Of
	 * one that is suspended already the date stays.
	 */
	suspend(act: OperatorAct): Promise<(RevokeResult & { since: Date }) | null>;
	/** Lets the owner sign in again; false, with nothing changed, where the account is not suspended. */
	unsuspend(act: OperatorAct): Promise<boolean>;
}
