import type { Tx } from './prisma.ts';

/** Advisory locks are told apart by their first number. */
const USER_LOCKS = 1;

/** Lets one transaction at a time, on any replica, create or delete jobs of this user; held until it ends. */
export async function lockUser(tx: Tx, userId: string): Promise<void> {
	await tx.$executeRaw`SELECT pg_advisory_xact_lock(${USER_LOCKS}::int, hashtext(${userId}))`;
}

/** Whether the account is gone; under the user's lock it stays as it is. */
export async function isDeleted(tx: Tx, userId: string): Promise<boolean> {
	return (await tx.deletedUser.count({ where: { userId } })) > 0;
}
