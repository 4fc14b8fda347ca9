import { inTransaction } from '@creatorr/database/transaction';
import { contextRequestId } from '@creatorr/service/context';
import type { Client } from '../accounts/account.ts';
import type { Database, Tx } from '../database.sql.ts';
import { definePruneTask } from '../prune-task.ts';

/** Kinds of recorded events. The log line of an event has the same name with the prefix `security.`. */
export type SecurityEventKind =
	| 'registered'
	| 'signed_in'
	| 'password_wrong'
	| 'password_throttled'
	| 'signed_out'
	| 'signed_out_everywhere'
	| 'session_revoked'
	| 'password_changed'
	| 'password_reset_requested'
	| 'password_reset'
	| 'email_verified'
	| 'account_deleted'
	| 'account_viewed'
	| 'account_suspended'
	| 'account_unsuspended'
	| 'api_key_created'
	| 'api_key_changed'
	| 'api_key_rotated'
	| 'api_key_revoked'
	| 'api_key_leaked'
	| 'signing_key_rotated'
	| 'signing_key_retired';

/** Never contains a token, a password or an email. */
export interface SecurityEvent {
	kind: SecurityEventKind;
	/** Null without an account, and for signing keys. */
	userId: string | null;
	sessionId: string | null;
	/** Null for events without an HTTP request, and for the deletion of an account. */
	client: Client | null;
	/** The operator of a command. */
	by?: Operator;
}

/** The operator's name, as given, and the reason. */
export interface Operator {
	name: string;
	/** Null for a command that only reads. */
	reason: string | null;
}

/** User agents are truncated like those of sessions. */
const USER_AGENT_MAX_CHARACTERS = 512;

/** Records the event if the transaction commits. `requestId` is that of the current request by default. */
export async function insertEvent(
	tx: Pick<Tx, 'securityEvent'>,
	{ kind, userId, sessionId, client, by }: SecurityEvent,
	requestId = contextRequestId(),
): Promise<void> {
	await tx.securityEvent.create({
		data: {
			kind,
			userId,
			sessionId,
			clientAddress: client?.address ?? null,
			userAgent: client?.userAgent?.slice(0, USER_AGENT_MAX_CHARACTERS) ?? null,
			requestId: requestId ?? null,
			operator: by?.name ?? null,
			reason: by?.reason ?? null,
		},
		select: { id: true },
	});
}

/** Records the event, unless its account was deleted. */
export function recordEvent(prisma: Database, event: SecurityEvent): Promise<void> {
	return inTransaction(prisma, async (tx) => {
		// Always queried, so that it takes as long without an account.
		const rows = await tx.$queryRaw<unknown[]>`
			SELECT 1 FROM users WHERE id = ${event.userId ?? ''} FOR KEY SHARE`;
		// A deleted account must leave no event behind.
		if (event.userId === null || rows.length > 0) await insertEvent(tx, event);
	});
}

/** Deletes the oldest events. */
export const pruneSecurityEvents = definePruneTask<{ prisma: Database; securityEventsDays: number }>(
	'prune_security_events',
	({ prisma, securityEventsDays }, batchSize) => prisma.$executeRaw`
		DELETE FROM security_events WHERE id IN (
			SELECT id FROM security_events
			WHERE occurred_at < now() - make_interval(days => ${Math.ceil(securityEventsDays)}::int)
			ORDER BY occurred_at LIMIT ${batchSize})`,
);
