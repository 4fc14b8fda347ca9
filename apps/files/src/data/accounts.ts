import type { Plan } from '@creatorr/contracts/plans';
import { applyOnce } from '@creatorr/database/inbox';
import { inTransaction } from '@creatorr/database/transaction';
import type { Standing } from '../domain/admit-upload.ts';
import { Prisma, type PrismaClient } from '../generated/client.ts';
import { deletion } from './file-row.ts';

type Tx = Prisma.TransactionClient;

/** Names this effect among those of other events in the inbox. */
const CONSUMER = 'account-deleted';
/** An account may have many files. */
const ERASE_TIMEOUT_MS = 40_000;

/** A user's plan and what is stored; whoever has no row yet is on the free one. null when the account was deleted. */
export async function standingOf(prisma: PrismaClient, userId: string): Promise<Standing | null> {
	const account = await prisma.account.findUnique({ where: { userId } });
	if (account && account.deletedAt !== null) return null;
	return {
		plan: account?.plan ?? 'free',
		emailVerified: account?.emailVerified ?? false,
		storedBytes: await sumStoredBytes(prisma, userId),
	};
}

/** A user's plan, which stays as it is until the transaction ends; null when the account was deleted. */
export async function holdPlan(tx: Tx, userId: string): Promise<Plan | null> {
	const rows = await tx.$queryRaw<{ plan: Plan }[]>`
		SELECT plan FROM accounts WHERE user_id = ${userId} AND deleted_at IS NULL FOR SHARE`;
	return rows[0]?.plan ?? null;
}

/**
 * The same as {@link standingOf}, held until the transaction ends: no other file is made, the plan stays, and a deletion waits,
 * so that it finds what was made.
 */
export async function holdStanding(
	tx: Tx,
	userId: string,
): Promise<(Standing & { planVersion: bigint }) | null> {
	await tx.account.createMany({ data: [{ userId }], skipDuplicates: true });
	const rows = await tx.$queryRaw<{ plan: Plan; planVersion: bigint; emailVerified: boolean }[]>`
		SELECT plan, plan_version AS "planVersion", email_verified AS "emailVerified" FROM accounts
		WHERE user_id = ${userId} AND deleted_at IS NULL FOR NO KEY UPDATE`;
	const [account] = rows;
	return account ? { ...account, storedBytes: await sumStoredBytes(tx, userId) } : null;
}

/**
 * Files that are kept, uploads and outputs until they are given up, and whatever else an upload URL in a user's hands may still
 * bring: by a single PUT until the URL expires, in parts until the upload is aborted.
 */
async function sumStoredBytes(tx: Tx, userId: string): Promise<number> {
	const mayCome = Prisma.sql`job_id IS NULL AND upload_url_expires_at > now() AND (upload_id IS NULL OR cleared_at IS NULL)`;
	const isKept = Prisma.sql`expires_at > now() AND ((status = 'ready' AND published_at IS NOT NULL) OR abandon_at > now())`;
	// Two selects, so that each has an index of its own.
	const rows = await tx.$queryRaw<{ bytes: bigint }[]>`
		SELECT coalesce(sum(size_bytes), 0)::bigint AS bytes FROM (
			SELECT size_bytes FROM files
			WHERE user_id = ${userId} AND deleted_at IS NULL AND ((${isKept}) OR (${mayCome}))
			UNION ALL
			SELECT size_bytes FROM files WHERE user_id = ${userId} AND deleted_at IS NOT NULL AND ${mayCome}
		) AS counted`;
	return Number(rows[0]?.bytes ?? 0);
}

/** Notes for good that the email is verified, unless the account is gone. */
export async function markVerified(prisma: PrismaClient, userId: string): Promise<void> {
	await prisma.$executeRaw`
		INSERT INTO accounts (user_id, email_verified) VALUES (${userId}, true)
		ON CONFLICT (user_id) DO UPDATE SET email_verified = true WHERE accounts.deleted_at IS NULL`;
}

/** Deletes an account with all its files, forgets their names, and lets no other file of it be made. Applied once an event. */
export async function deleteAccount(
	prisma: PrismaClient,
	event: { id: string; userId: string },
): Promise<void> {
	const { userId } = event;
	const erase = async (tx: Tx) => {
		const deletedAt = new Date();
		const update = { deletedAt, emailVerified: false };
		await tx.account.upsert({ where: { userId }, create: { userId, deletedAt }, update });
		await tx.planChange.deleteMany({ where: { userId } });
		await tx.file.updateMany({ where: { userId, deletedAt: null }, data: deletion() });
		await tx.file.updateMany({ where: { userId }, data: { name: '' } });
	};
	await inTransaction(
		prisma,
		(tx: Tx) => applyOnce(tx, { eventId: event.id, consumer: CONSUMER }, () => erase(tx)),
		{ timeout: ERASE_TIMEOUT_MS },
	);
}
