import type { Plan } from '@creatorr/contracts/plans';
import type { Database, Tx } from '../files.sql.ts';
import { Prisma } from '../generated/client.ts';

/** What limits a user's next upload. */
export interface StorageUse {
	plan: Plan;
	emailVerified: boolean;
	/** Bytes that count toward the limit: of kept files, and the declared sizes of pending or deleted uploads whose URL still works. */
	storedBytes: number;
	/** How many files and uploads {@link storedBytes} sums up. */
	storedFiles: number;
	/** Uploads that may still bring bytes and are not ready, also deleted ones. */
	pendingUploads: number;
}

/** Which files count toward a storage use. */
export interface StorageUseFilter {
	userId: string;
	/** Outputs of this job don't count. null: all count. */
	excludedJobId: string | null;
}

/** Returns a user's storage use; a user without a row is on the free plan. Returns null when the account was deleted. */
export async function readStorageUse(prisma: Database, filter: StorageUseFilter): Promise<StorageUse | null> {
	const { userId } = filter;
	const account = await prisma.account.findUnique({ where: { userId } });
	if (account && account.deletedAt !== null) return null;
	return {
		plan: account?.plan ?? 'free',
		emailVerified: account?.emailVerified ?? false,
		...(await countUse(prisma, filter)),
	};
}

/** Returns whether the account was deleted. Its files are erased in batches afterwards, and their owner reads none of them from then on. */
export async function isAccountDeleted(prisma: Database, userId: string): Promise<boolean> {
	return (await prisma.account.count({ where: { userId, deletedAt: { not: null } } })) > 0;
}

/** Returns a user's plan and locks it against changes until the transaction ends; null when the account was deleted. */
export async function lockPlan(tx: Tx, userId: string): Promise<Plan | null> {
	const rows = await tx.$queryRaw<{ plan: Plan }[]>`
		SELECT plan FROM accounts WHERE user_id = ${userId} AND deleted_at IS NULL FOR SHARE`;
	return rows[0]?.plan ?? null;
}

/**
 * Returns the same as {@link readStorageUse} and locks the account until the transaction ends: concurrent inserts, plan changes and a
 * deletion of the account wait, so that the deletion finds the new file.
 */
export async function lockStorageUse(
	tx: Tx,
	filter: StorageUseFilter,
): Promise<(StorageUse & { planVersion: bigint }) | null> {
	const { userId } = filter;
	await tx.account.createMany({ data: [{ userId }], skipDuplicates: true });
	const rows = await tx.$queryRaw<{ plan: Plan; planVersion: bigint; emailVerified: boolean }[]>`
		SELECT plan, plan_version AS "planVersion", email_verified AS "emailVerified" FROM accounts
		WHERE user_id = ${userId} AND deleted_at IS NULL FOR NO KEY UPDATE`;
	const [account] = rows;
	return account ? { ...account, ...(await countUse(tx, filter)) } : null;
}

/**
 * Counts files that are kept, uploads and outputs before their deadline, and bytes that an upload URL of the user still accepts: of a
 * single PUT until the URL expires, of parts until the multipart upload is aborted.
 */
async function countUse(
	tx: Tx,
	{ userId, excludedJobId }: StorageUseFilter,
): Promise<Omit<StorageUse, 'plan' | 'emailVerified'>> {
	const isCounted =
		excludedJobId === null ? Prisma.sql`true` : Prisma.sql`job_id IS DISTINCT FROM ${excludedJobId}`;
	const mayArrive = Prisma.sql`job_id IS NULL AND upload_url_expires_at > now() AND (upload_id IS NULL OR cleared_at IS NULL)`;
	const isKept = Prisma.sql`expires_at > now() AND ((status = 'ready' AND published_at IS NOT NULL) OR abandon_at > now())`;
	// Two SELECTs, so that each uses an index of its own.
	const rows = await tx.$queryRaw<{ bytes: bigint; files: number; pending: number }[]>`
		SELECT coalesce(sum(size_bytes), 0)::bigint AS bytes, count(*)::int AS files,
			(count(*) FILTER (WHERE status = 'pending' AND job_id IS NULL))::int AS pending
		FROM (
			SELECT size_bytes, status, job_id FROM files
			WHERE user_id = ${userId} AND deleted_at IS NULL AND ${isCounted} AND ((${isKept}) OR (${mayArrive}))
			UNION ALL
			SELECT size_bytes, status, job_id FROM files
			WHERE user_id = ${userId} AND deleted_at IS NOT NULL AND ${mayArrive}
		) AS counted`;
	const { bytes = 0n, files = 0, pending = 0 } = rows[0] ?? {};
	return { storedBytes: Number(bytes), storedFiles: files, pendingUploads: pending };
}

/** Records that the email is verified, unless the account was deleted. */
export async function markVerified(prisma: Database, userId: string): Promise<void> {
	await prisma.$executeRaw`
		INSERT INTO accounts (user_id, email_verified) VALUES (${userId}, true)
		ON CONFLICT (user_id) DO UPDATE SET email_verified = true WHERE accounts.deleted_at IS NULL`;
}
