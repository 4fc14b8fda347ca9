import type { Plan } from '@creatorr/contracts/plans';

/** A user as the contract shows it. */
export interface Account {
	id: string;
	email: string;
	email_verified: boolean;
	name: string | null;
	plan: Plan;
}

/** An account with what proves its owner. */
export interface Credentials {
	account: Account;
	passwordHash: string;
	/** No password lets anybody in. */
	isSuspended: boolean;
}

/** Where a request came from. */
export interface Client {
	address: string;
	userAgent: string | null;
}

/** What answers register and login. */
export interface SignedIn {
	token: string;
	expires_at: string;
	user: Account;
}
