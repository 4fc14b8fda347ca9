import { notify } from '@creatorr/database/notifications';
import { inTransaction } from '@creatorr/database/transaction';
import { currentRequestId } from '@creatorr/service/context';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import type { Addressed, AskedMail, LeasedMail, MailStore } from '../domain/mail.ts';
import {
	hashMailedToken,
	isNotice,
	type MailKind,
	type NoticeKind,
	newMailedToken,
	TOKEN_LIFETIME_SECONDS,
} from '../domain/mailed-token.ts';
import { type Mail, type Notice, Prisma, type PrismaClient } from '../generated/client.ts';
import { emailKey, takeFromAllowance, takeLaterMail } from './mail-allowances.ts';
import { insertEvent } from './security-events.ts';

type Tx = Prisma.TransactionClient;

/** Notified by every transaction that adds a mail. */
export const MAIL_CHANNEL = 'mail';

/** How many an hour may be asked for. */
export interface MailLimits {
	perEmail: number;
	perNetwork: number;
}

/** Notices have their own table, see schema.prisma. */
const MAILS = { table: Prisma.sql`mails`, kind: Prisma.sql`"MailKind"` };
const NOTICES = { table: Prisma.sql`notices`, kind: Prisma.sql`"NoticeKind"` };

const storageOf = (kind: MailKind) => (isNotice(kind) ? NOTICES : MAILS);

async function insertMail(tx: Tx, { kind, email, client }: AskedMail, delaySeconds: number): Promise<void> {
	const storage = storageOf(kind);
	await tx.$executeRaw`
		INSERT INTO ${storage.table} (kind, email, due_at, client_address, user_agent, request_id)
		VALUES (${kind}::${storage.kind}, ${email}, now() + make_interval(secs => ${delaySeconds}::float8),
			${client.address}, ${client.userAgent}, ${currentRequestId()})`;
	await notify(tx, MAIL_CHANNEL);
}

/**
 * Keeps the mail that a registration brings, in its transaction. A network's mails beyond what it may ask for wait: a flood of
 * registrations is no way to write to strangers, and nobody else's mail waits for it.
 */
export async function addVerificationMail(
	tx: Tx,
	asked: Omit<AskedMail, 'kind'>,
	{ network, perNetwork }: { network: string; perNetwork: number },
): Promise<void> {
	const delaySeconds = await takeLaterMail(tx, { key: `registrations ${network}`, perHour: perNetwork });
	await insertMail(tx, { ...asked, kind: 'verify_email' }, delaySeconds);
}

/**
 * Tells the owner of something by a mail, if and only if the transaction commits; not more often than `perHour` of one kind, so that
 * nobody can fill a mailbox.
 */
export async function addNotice(
	tx: Tx,
	notice: AskedMail & { kind: NoticeKind },
	perHour: number,
): Promise<void> {
	const key = `${notice.kind} ${emailKey(notice.email)}`;
	if ((await takeFromAllowance(tx, { key, perHour })) === 0) await insertMail(tx, notice, 0);
}

function toLeased(row: Mail | Notice): LeasedMail {
	const { id, kind, email, createdAt, attempts, requestId } = row;
	const client = { address: row.clientAddress, userAgent: row.userAgent };
	return { id, kind, email, createdAt, attempts, requestId, client };
}

async function addressMail(prisma: Tx, { kind, email }: LeasedMail): Promise<Addressed> {
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

/** Keeps mails in the database until they were sent; all times are the database's. */
export function createMailStore(prisma: PrismaClient, { perEmail, perNetwork }: MailLimits): MailStore {
	// Work that waits for the database's lock of a key waits here instead, without a connection.
	const mutex = createKeyedMutex();
	const ask = (mail: AskedMail, network: string) =>
		inTransaction(prisma, async (tx) => {
			const waitSeconds = await takeFromAllowance(tx, { key: `network ${network}`, perHour: perNetwork });
			if (waitSeconds > 0) return { waitSeconds };
			const isTooMany = (await takeFromAllowance(tx, { key: emailKey(mail.email), perHour: perEmail })) > 0;
			if (!isTooMany) await insertMail(tx, mail, 0);
			return { waitSeconds: 0 };
		});
	return {
		ask: (mail, network) => mutex.runExclusive(network, () => ask(mail, network)),
		async lease(limit, leaseSeconds) {
			const leaseFrom = async ({ table }: typeof MAILS, count: number) => {
				const rows = await prisma.$queryRaw<{ id: bigint }[]>`
					UPDATE ${table} SET due_at = now() + make_interval(secs => ${leaseSeconds}::float8), attempts = attempts + 1
					WHERE id IN (SELECT id FROM ${table} WHERE due_at <= now() ORDER BY due_at LIMIT ${count} FOR UPDATE SKIP LOCKED)
					RETURNING id`;
				return { where: { id: { in: rows.map(({ id }) => id) } } };
			};
			// Half at most, so that neither waits behind the other.
			const notices = await prisma.notice.findMany(await leaseFrom(NOTICES, Math.floor(limit / 2)));
			const mails = await prisma.mail.findMany(await leaseFrom(MAILS, limit - notices.length));
			return [...notices, ...mails].map(toLeased);
		},
		address: (mail) => addressMail(prisma, mail),
		finish: ({ id, kind, client, requestId }, userId) =>
			inTransaction(prisma, async (tx) => {
				const count = await tx.$executeRaw`DELETE FROM ${storageOf(kind).table} WHERE id = ${id}`;
				// None: the account was deleted meanwhile, and is not to be heard of again.
				if (count === 0 || kind !== 'reset_password') return;
				await insertEvent(tx, { kind: 'password_reset_asked', userId, sessionId: null, client }, requestId);
			}),
		async putOff({ id, kind }, seconds) {
			await prisma.$executeRaw`
				UPDATE ${storageOf(kind).table} SET due_at = now() + make_interval(secs => ${seconds}::float8) WHERE id = ${id}`;
		},
	};
}
