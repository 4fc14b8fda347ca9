import { LRUCache } from 'lru-cache';
import type { Client } from './account.ts';

/** What is kept of what happens to accounts and keys; a line of the log has the same name. */
export type SecurityEventKind =
	| 'registered'
	| 'signed_in'
	| 'password_wrong'
	| 'password_slowed'
	| 'signed_out'
	| 'signed_out_everywhere'
	| 'session_revoked'
	| 'password_changed'
	| 'password_reset_asked'
	| 'password_reset'
	| 'email_verified'
	| 'account_deleted'
	| 'account_viewed'
	| 'account_suspended'
	| 'account_unsuspended'
	| 'signing_key_rotated'
	| 'signing_key_retired';

/** Never holds a token, a password or an email. */
export interface SecurityEvent {
	kind: SecurityEventKind;
	/** Null where there is no such account, and for keys. */
	userId: string | null;
	sessionId: string | null;
	/** Null for what nobody asked for over HTTP, and when the account is erased with it. */
	client: Client | null;
	/** Whose command did it. */
	by?: Operator;
}

/** Who ran a command, as they named themselves, and why. */
export interface Operator {
	name: string;
	/** Null for one that only looks. */
	reason: string | null;
}

export interface SecurityEventStore {
	/** Keeps the event, unless it is of an account that is gone. */
	record(event: SecurityEvent): Promise<void>;
}

const QUIET_MS = 60_000;
const REMEMBERED = 10_000;

/** True once a minute for each key: a flood that is refused must not fill the table. */
export function createOncePerMinute(): (key: string) => boolean {
	const lately = new LRUCache<string, true>({ max: REMEMBERED, ttl: QUIET_MS });
	return (key) => {
		if (lately.has(key)) return false;
		lately.set(key, true);
		return true;
	};
}
