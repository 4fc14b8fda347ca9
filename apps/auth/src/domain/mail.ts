import type { Client } from './account.ts';
import type { MailKind } from './mailed-token.ts';

/** A mail that somebody asked for, as it waits; whether there is such an account is not known yet. */
export interface AskedMail {
	kind: MailKind;
	email: string;
	client: Client;
}

/** A mail that one sender has taken for itself for a while. */
export interface LeasedMail extends AskedMail {
	/** Unique among mails with a token, and among notices. */
	id: bigint;
	createdAt: Date;
	/** This one included. */
	attempts: number;
	requestId: string;
}

/** Who may be told what: `drop` when there is no such account, it is suspended, or nothing is to be verified any more. */
export type Addressed = { userId: string | null; token: string | null } | 'drop';

export interface MailStore {
	/**
	 * Keeps the mail until it was sent, unless too many were asked for: then an email's is dropped without a word, and a
	 * network's is refused with the time to wait, in seconds. Does the same whether or not there is such an account.
	 */
	ask(mail: AskedMail, network: string): Promise<{ waitSeconds: number }>;
	/** Takes mails that are due, oldest first, for so long that no other sender has them meanwhile. */
	lease(limit: number, leaseSeconds: number): Promise<LeasedMail[]>;
	/** Finds the account, and makes a new token where the mail carries one, of which only the hash is kept. */
	address(mail: LeasedMail): Promise<Addressed>;
	/** It was sent, or is not to be sent: tells the security events once that this user, or nobody, asked for it. */
	finish(mail: LeasedMail, userId: string | null): Promise<void>;
	/** To be tried again after so long. */
	putOff(mail: LeasedMail, seconds: number): Promise<void>;
}
