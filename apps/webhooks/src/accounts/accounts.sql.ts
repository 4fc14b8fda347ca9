import { inTransaction } from '@creatorr/database/transaction';
import type { Database, Tx } from '../database.sql.ts';

/** Distinguishes these advisory locks from others. */
const USER_LOCKS = 1;
/** A user can have hundreds of thousands of deliveries. */
const DELETE_TIMEOUT_MS = 60_000;

/** Locks a user against deletion until the transaction ends, and returns whether the account was deleted. */
export async function isDeletedAccount(tx: Tx, userId: string): Promise<boolean> {
	await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(${USER_LOCKS}::int, hashtext(${userId}))`;
	return (await tx.deletedUser.count({ where: { userId } })) > 0;
}

/** Locks a user until the transaction ends: no other transaction creates endpoints or events of the user. */
export async function lockUser(tx: Tx, userId: string): Promise<void> {
	await tx.$executeRaw`SELECT pg_advisory_xact_lock(${USER_LOCKS}::int, hashtext(${userId}))`;
}

/** Deletes all data of a user. Remembers the id, so that late messages add nothing. Idempotent. */
export async function deleteAccount(prisma: Database, userId: string): Promise<void> {
	await inTransaction(
		prisma,
		async (tx: Tx) => {
			await lockUser(tx, userId);
			await tx.endpoint.deleteMany({ where: { userId } });
			await tx.event.deleteMany({ where: { userId } });
			await tx.deletedUser.createMany({ data: [{ userId }], skipDuplicates: true });
		},
		{ timeout: DELETE_TIMEOUT_MS },
	);
}
