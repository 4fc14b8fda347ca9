import { inTransaction } from '@creatorr/database/transaction';
import type { AccountKey, AccountReport } from '../domain/account-report.ts';
import type { Operator } from '../domain/security-event.ts';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { insertEvent } from './security-events.ts';

/** Of the newest first. */
const SESSIONS_SHOWN = 20;
const EVENTS_SHOWN = 20;

/** Never a hash: neither of the password nor of a token. */
const COLUMNS = {
	id: true,
	email: true,
	name: true,
	plan: true,
	emailVerifiedAt: true,
	createdAt: true,
	suspendedAt: true,
} satisfies Prisma.UserSelect;

async function readSessions(tx: Prisma.TransactionClient, userId: string) {
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

async function readEvents(tx: Prisma.TransactionClient, userId: string) {
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

export async function findUserId(prisma: PrismaClient, where: AccountKey): Promise<string | null> {
	return (await prisma.user.findUnique({ where, select: { id: true } }))?.id ?? null;
}

/** An account by its id or email, for an operator, which is kept among its events; null where there is none. */
export function readAccount(
	prisma: PrismaClient,
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
			security_events: await readEvents(tx, id),
		};
		await insertEvent(tx, { kind: 'account_viewed', userId: id, sessionId: null, client: null, by });
		return report;
	});
}
