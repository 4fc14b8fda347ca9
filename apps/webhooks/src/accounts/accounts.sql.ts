import { inBatches } from '@creatorr/database/batches';
import { deleteOperatorActions } from '@creatorr/database/operator-actions';
import { inTransaction } from '@creatorr/database/transaction';
import type { Database, Tx } from '../database.sql.ts';

/** Distinguishes these advisory locks from others. */
const USER_LOCKS = 1;
/** Each event has deliveries and attempts, which are deleted with it. */
const BATCH_SIZE = 200;

/** Locks a user against deletion until the transaction ends. Returns false if the account was deleted before. */
export async function lockAgainstDeletion(tx: Tx, userId: string): Promise<boolean> {
	await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(${USER_LOCKS}::int, hashtext(${userId}))`;
	return (await tx.deletedUser.count({ where: { userId } })) === 0;
}

/** Locks a user until the transaction ends: no other transaction creates endpoints or events of the user. */
export async function lockUser(tx: Tx, userId: string): Promise<void> {
	await tx.$executeRaw`SELECT pg_advisory_xact_lock(${USER_LOCKS}::int, hashtext(${userId}))`;
}

/**
 * Deletes all data of a user. Remembers the id, so that late messages add nothing, and stops the deliveries first. Events are deleted in
 * batches, since a user can have hundreds of thousands. Idempotent: when the process dies, a repeat continues.
 */
export async function deleteAccount(prisma: Database, userId: string): Promise<void> {
	await inTransaction(prisma, async (tx: Tx) => {
		await lockUser(tx, userId);
		await tx.endpoint.updateMany({ where: { userId }, data: { status: 'disabled' } });
		await deleteOperatorActions(tx, userId);
		await tx.deletedUser.createMany({ data: [{ userId }], skipDuplicates: true });
	});
	await inBatches(
		BATCH_SIZE,
		() => prisma.$executeRaw`
			DELETE FROM events WHERE id IN (
				SELECT id FROM events WHERE user_id = ${userId} ORDER BY id DESC LIMIT ${BATCH_SIZE} FOR UPDATE)`,
	);
	await prisma.endpoint.deleteMany({ where: { userId } });
	await prisma.recoveryWindow.deleteMany({ where: { userId } });
	await prisma.accountState.deleteMany({ where: { userId } });
}
