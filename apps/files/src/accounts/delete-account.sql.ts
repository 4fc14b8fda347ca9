import { applyOnce } from '@creatorr/database/inbox';
import { inTransaction } from '@creatorr/database/transaction';
import type { Database, Tx } from '../files.sql.ts';

/** Consumer name in the inbox. */
const CONSUMER = 'account-deleted';

/**
 * Deletes an account in one short transaction. From then on, it gets no new files, and its owner can't read the old ones.
 * {@link eraseNextBatch} erases them. A repeated event changes nothing.
 */
export async function deleteAccount(
	prisma: Database,
	{ eventId, userId }: { eventId: string; userId: string },
): Promise<void> {
	const mark = async (tx: Tx) => {
		const deletedAt = new Date();
		const update = { deletedAt, emailVerified: false };
		await tx.account.upsert({ where: { userId }, create: { userId, deletedAt }, update });
		await tx.planChange.deleteMany({ where: { userId } });
		await tx.accountDeletion.createMany({ data: [{ userId }], skipDuplicates: true });
	};
	await inTransaction(prisma, (tx: Tx) => applyOnce(tx, { eventId, consumer: CONSUMER }, () => mark(tx)));
}

/** A transaction locks the rows of a batch for a fraction of a second, however many files an account has. */
const BATCH_SIZE = 1_000;

/**
 * Deletes the next batch of files of a deleted account, erases their names, and returns how many files the batch has. Accounts take
 * turns. Returns null when no account is left, except those that other processes erase. A batch that fails is repeated later.
 */
export async function eraseNextBatch(prisma: Database): Promise<number | null> {
	return await inTransaction(prisma, async (tx: Tx) => {
		const [deletion] = await tx.$queryRaw<{ userId: string; afterId: string }[]>`
			SELECT user_id AS "userId", after_id AS "afterId" FROM account_deletions
			ORDER BY queued_at LIMIT 1 FOR UPDATE SKIP LOCKED`;
		if (!deletion) return null;
		const { userId, afterId } = deletion;
		// Locked in the order of ids, as everywhere. Includes erased files, so that the cost of a batch has a bound.
		const rows = await tx.$queryRaw<{ id: string }[]>`
			SELECT id FROM files WHERE user_id = ${userId} AND id > ${afterId} ORDER BY id LIMIT ${BATCH_SIZE} FOR UPDATE`;
		const ids = rows.map(({ id }) => id);
		await tx.$executeRaw`
			UPDATE files SET name = '', deleted_at = coalesce(deleted_at, now()),
				sweep_at = CASE WHEN deleted_at IS NULL THEN now() ELSE sweep_at END
			WHERE id = ANY (${ids}) AND (deleted_at IS NULL OR name <> '')`;
		if (ids.length < BATCH_SIZE) await tx.accountDeletion.delete({ where: { userId } });
		else
			await tx.$executeRaw`
				UPDATE account_deletions SET after_id = ${ids.at(-1)}, queued_at = clock_timestamp() WHERE user_id = ${userId}`;
		return ids.length;
	});
}
