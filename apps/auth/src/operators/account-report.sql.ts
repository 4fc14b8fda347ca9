import type { Plan } from '@creatorr/contracts/plans';
import { inTransaction } from '@creatorr/database/transaction';
import { effectiveExpiry } from '../api-keys/api-key.ts';
import type { Database, Tx } from '../database.sql.ts';
import type { Prisma } from '../generated/client.ts';
import { insertEvent, type Operator } from '../security-events/security-events.sql.ts';

/** How an operator identifies an account. */
export type AccountKey = { id: string } | { email: string };

/** What an operator sees of an account. Nothing in it can be used to sign in. */
export interface AccountReport {
	id: string;
	email: string;
	name: string | null;
	plan: Plan;
	email_verified_at: Date | null;
	created_at: Date;
	suspended_at: Date | null;
	mails_waiting: number;
	/** The newest live sessions. */
	sessions: {
		id: string;
		created_at: Date;
		last_seen_at: Date;
		client_address: string;
		user_agent: string | null;
	}[];
	/** The newest API keys. */
	api_keys: {
		id: string;
		start: string;
		last4: string;
		scopes: string[];
		created_at: Date;
		expires_at: Date | null;
		revoked_at: Date | null;
		last_used_at: Date | null;
		last_used_ip: string | null;
	}[];
	/** The newest events. */
	security_events: {
		occurred_at: Date;
		kind: string;
		client_address: string | null;
		request_id: string | null;
		operator: string | null;
		reason: string | null;
	}[];
}

const SESSIONS_SHOWN = 20;
const EVENTS_SHOWN = 20;
const KEYS_SHOWN = 20;

/** Without hashes of passwords and tokens. */
const COLUMNS = {
	id: true,
	email: true,
	name: true,
	plan: true,
	emailVerifiedAt: true,
	createdAt: true,
	suspendedAt: true,
} satisfies Prisma.UserSelect;

async function readSessions(tx: Tx, userId: string) {
	const rows = await tx.session.findMany({
		where: { userId, revokedAt: null, expiresAt: { gt: new Date() } },
		orderBy: { id: 'desc' },
		take: SESSIONS_SHOWN,
	});
	return rows.map((row) => ({
		id: row.id,
		created_at: row.createdAt,
		last_seen_at: row.lastSeenAt,
		client_address: row.clientAddress,
		user_agent: row.userAgent,
	}));
}

async function readKeys(tx: Tx, userId: string) {
	const rows = await tx.apiKey.findMany({ where: { userId }, orderBy: { id: 'desc' }, take: KEYS_SHOWN });
	return rows.map((row) => ({
		id: row.id,
		start: row.start,
		last4: row.last4,
		scopes: row.scopes,
		created_at: row.createdAt,
		expires_at: effectiveExpiry(row),
		revoked_at: row.revokedAt,
		last_used_at: row.lastUsedAt,
		last_used_ip: row.lastUsedIp,
	}));
}

async function readEvents(tx: Tx, userId: string) {
	const rows = await tx.securityEvent.findMany({
		where: { userId },
		orderBy: { id: 'desc' },
		take: EVENTS_SHOWN,
	});
	return rows.map((row) => ({
		occurred_at: row.occurredAt,
		kind: row.kind,
		client_address: row.clientAddress,
		request_id: row.requestId,
		operator: row.operator,
		reason: row.reason,
	}));
}

export async function findUserId(prisma: Database, where: AccountKey): Promise<string | null> {
	return (await prisma.user.findUnique({ where, select: { id: true } }))?.id ?? null;
}

/** Returns the account, or null, and records that the operator read it. */
export function readAccount(
	prisma: Database,
	where: AccountKey,
	by: Operator,
): Promise<AccountReport | null> {
	return inTransaction(prisma, async (tx) => {
		const user = await tx.user.findUnique({ where, select: COLUMNS });
		if (!user) return null;
		const { id, email, name, plan } = user;
		const report = {
			id,
			email,
			name,
			plan,
			email_verified_at: user.emailVerifiedAt,
			created_at: user.createdAt,
			suspended_at: user.suspendedAt,
			mails_waiting:
				(await tx.mail.count({ where: { email } })) + (await tx.notice.count({ where: { email } })),
			sessions: await readSessions(tx, id),
			api_keys: await readKeys(tx, id),
			security_events: await readEvents(tx, id),
		};
		await insertEvent(tx, { kind: 'account_viewed', userId: id, sessionId: null, client: null, by });
		return report;
	});
}
