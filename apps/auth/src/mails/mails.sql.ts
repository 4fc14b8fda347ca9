import { notify } from '@creatorr/database/notifications';
import { inTransaction } from '@creatorr/database/transaction';
import { currentRequestId } from '@creatorr/service/context';
import { gauge } from '@creatorr/service/metrics';
import { defineMetrics } from '@creatorr/service/scrape';
import type { Client } from '../accounts/account.ts';
import type { Database, Tx } from '../database.sql.ts';
import { type Mail, type Notice, Prisma } from '../generated/client.ts';
import { insertEvent } from '../security-events/security-events.sql.ts';
import { consumeHourlyQuota, emailKey, reserveHourlyQuota } from './hourly-quotas.sql.ts';
import {
	hashMailedToken,
	isNotice,
	type MailKind,
	type NoticeKind,
	newMailedToken,
	TOKEN_LIFETIME_SECONDS,
} from './mailed-token.ts';

/** Notified by every transaction that adds a mail. */
export const MAIL_CHANNEL = 'mail';

/** Limits of mails per hour. */
export interface MailLimits {
	perEmail: number;
	perNetwork: number;
}

/** A waiting mail. Its sender looks up whether the email has an account. */
export interface RequestedMail {
	kind: MailKind;
	email: string;
	client: Client;
	/** What a notice is about: how an API key starts and ends, or the host and id of a webhook endpoint. */
	resource?: string | null;
}

/** A mail that one sender has leased. */
export interface LeasedMail extends RequestedMail {
	/** Unique among mails with a token, and among notices. */
	id: bigint;
	createdAt: Date;
	/** Including this one. */
	attempts: number;
	requestId: string;
}

/** Notices have their own table (schema.prisma). */
const MAILS = { table: Prisma.sql`mails`, kind: Prisma.sql`"MailKind"` };
const NOTICES = { table: Prisma.sql`notices`, kind: Prisma.sql`"NoticeKind"` };

const storageOf = (kind: MailKind) => (isNotice(kind) ? NOTICES : MAILS);

async function insertMail(
	tx: Tx,
	{ kind, email, client, resource = null }: RequestedMail,
	delaySeconds: number,
): Promise<void> {
	const storage = storageOf(kind);
	const [column, value] = isNotice(kind)
		? [Prisma.sql`, resource`, Prisma.sql`, ${resource}`]
		: [Prisma.empty, Prisma.empty];
	await tx.$executeRaw`
		INSERT INTO ${storage.table} (kind, email, due_at, client_address, user_agent, request_id ${column})
		VALUES (${kind}::${storage.kind}, ${email}, now() + make_interval(secs => ${delaySeconds}::float8),
			${client.address}, ${client.userAgent}, ${currentRequestId()} ${value})`;
	await notify(tx, MAIL_CHANNEL);
}

/**
 * Stores the mail of a registration, in its transaction. Mails beyond the quota of the network are delayed, so that a flood of
 * registrations can't flood other people with mail. Mails of other networks don't wait.
 */
export async function addVerificationMail(
	tx: Tx,
	mail: Omit<RequestedMail, 'kind'>,
	{ network, perNetwork }: { network: string; perNetwork: number },
): Promise<void> {
	const delaySeconds = await reserveHourlyQuota(tx, { key: `registrations ${network}`, perHour: perNetwork });
	await insertMail(tx, { ...mail, kind: 'verify_email' }, delaySeconds);
}

/**
 * Mails the owner a notice if the transaction commits, at most `perHour` times of one kind, so that a mailbox can't be flooded.
 */
export async function addNotice(
	tx: Tx,
	notice: RequestedMail & { kind: NoticeKind },
	perHour: number,
): Promise<void> {
	const key = `${notice.kind} ${emailKey(notice.email)}`;
	if ((await consumeHourlyQuota(tx, { key, perHour })) === 0) await insertMail(tx, notice, 0);
}

/**
 * Stores the mail until it is sent. Returns 0, or the seconds to wait if the network is beyond its limit. If the email is beyond its limit,
 * drops the mail and returns 0. Does the same whether or not the account exists.
 */
export function insertRequestedMail(
	prisma: Database,
	mail: RequestedMail,
	{ network, perEmail, perNetwork }: MailLimits & { network: string },
): Promise<number> {
	return inTransaction(prisma, async (tx) => {
		const waitSeconds = await consumeHourlyQuota(tx, { key: `network ${network}`, perHour: perNetwork });
		if (waitSeconds > 0) return waitSeconds;
		const isTooMany = (await consumeHourlyQuota(tx, { key: emailKey(mail.email), perHour: perEmail })) > 0;
		if (!isTooMany) await insertMail(tx, mail, 0);
		return 0;
	});
}

function toLeased(row: Mail | Notice): LeasedMail {
	const { id, kind, email, createdAt, attempts, requestId } = row;
	const client = { address: row.clientAddress, userAgent: row.userAgent };
	const resource = 'resource' in row ? row.resource : null;
	return { id, kind, email, createdAt, attempts, requestId, client, resource };
}

/** Leases due mails, oldest first, for `leaseSeconds`. */
export async function leaseMails(
	prisma: Database,
	{ limit, leaseSeconds }: { limit: number; leaseSeconds: number },
): Promise<LeasedMail[]> {
	const leaseFrom = async ({ table }: typeof MAILS, count: number) => {
		const rows = await prisma.$queryRaw<{ id: bigint }[]>`
			UPDATE ${table} SET due_at = now() + make_interval(secs => ${leaseSeconds}::float8), attempts = attempts + 1
			WHERE id IN (SELECT id FROM ${table} WHERE due_at <= now() ORDER BY due_at LIMIT ${count} FOR UPDATE SKIP LOCKED)
			RETURNING id`;
		return { where: { id: { in: rows.map(({ id }) => id) } } };
	};
	// Notices are at most half of a batch, so that neither kind waits behind the other.
	const notices = await prisma.notice.findMany(await leaseFrom(NOTICES, Math.floor(limit / 2)));
	const mails = await prisma.mail.findMany(await leaseFrom(MAILS, limit - notices.length));
	return [...notices, ...mails].map(toLeased);
}

/**
 * Finds the account of the mail, and creates a token if the mail has one; only its hash is stored. Returns `drop` if the account does not
 * exist or is suspended, or its email is verified already.
 */
export async function resolveRecipient(
	prisma: Database,
	{ kind, email }: LeasedMail,
): Promise<{ userId: string | null; token: string | null } | 'drop'> {
	const user = await prisma.user.findUnique({
		where: { email },
		select: { id: true, emailVerifiedAt: true, suspendedAt: true },
	});
	if (kind === 'account_deleted') return { userId: null, token: null };
	if (!user || user.suspendedAt || (kind === 'verify_email' && user.emailVerifiedAt)) return 'drop';
	if (isNotice(kind)) return { userId: user.id, token: null };
	const token = newMailedToken();
	await prisma.$executeRaw`
		INSERT INTO mailed_tokens (token_hash, kind, user_id, expires_at)
		VALUES (${hashMailedToken(token)}, ${kind}::"MailKind", ${user.id},
			now() + make_interval(secs => ${TOKEN_LIFETIME_SECONDS[kind]}::float8))`;
	return { userId: user.id, token };
}

/** Deletes a mail that was sent or dropped. Records once that this user, or an unknown one, requested a new password. */
export function finishMail(
	prisma: Database,
	{ id, kind, client, requestId }: LeasedMail,
	userId: string | null,
): Promise<void> {
	return inTransaction(prisma, async (tx) => {
		const count = await tx.$executeRaw`DELETE FROM ${storageOf(kind).table} WHERE id = ${id}`;
		// 0: the account was deleted, and must leave no event behind.
		if (count === 0 || kind !== 'reset_password') return;
		await insertEvent(tx, { kind: 'password_reset_requested', userId, sessionId: null, client }, requestId);
	});
}

/** Makes the mail due again after `delaySeconds`. */
export async function postponeMail(
	prisma: Database,
	{ id, kind }: LeasedMail,
	seconds: number,
): Promise<void> {
	await prisma.$executeRaw`
		UPDATE ${storageOf(kind).table} SET due_at = now() + make_interval(secs => ${seconds}::float8) WHERE id = ${id}`;
}

interface WaitingMails {
	waiting: number;
	oldestOverdueSeconds: number;
}

const waitingMails = gauge({
	name: 'creatorr_mails_waiting',
	help: 'Mails not sent yet; the same for all replicas',
});

const oldestOverdue = gauge({
	name: 'creatorr_mails_oldest_overdue_seconds',
	help: 'How long the oldest unsent mail is overdue, including failed attempts; the same for all replicas',
});

/** Waiting mails. A failed mail is due again later; the wait of the oldest shows whether any are delivered. */
export const waitingMailMetrics = defineMetrics<{ prisma: Database }, WaitingMails>({
	name: 'mails',
	gauges: [waitingMails, oldestOverdue],
	async read({ prisma }) {
		const rows = await prisma.$queryRaw<WaitingMails[]>`
			SELECT count(*)::int AS waiting,
				greatest(0, coalesce(extract(epoch FROM now() - min(
					CASE WHEN attempts > 0 THEN created_at ELSE due_at END)), 0))::float8 AS "oldestOverdueSeconds"
			FROM (SELECT attempts, created_at, due_at FROM mails
				UNION ALL SELECT attempts, created_at, due_at FROM notices) AS all_mails`;
		return rows[0] ?? { waiting: 0, oldestOverdueSeconds: 0 };
	},
	update({ waiting, oldestOverdueSeconds }) {
		waitingMails.set(waiting);
		oldestOverdue.set(oldestOverdueSeconds);
	},
});
