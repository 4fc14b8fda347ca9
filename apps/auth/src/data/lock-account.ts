import type { Prisma } from '../generated/client.ts';

interface LockedAccount {
	userId: string;
	/** The hash that a password was compared with. */
	verifiedHash?: string;
}

/**
 * Whether the account is there, is not suspended and, where a password was verified, still has that one. If so, none of this
 * changes until the transaction ends.
 */
export async function lockAccount(
	tx: Pick<Prisma.TransactionClient, '$queryRaw'>,
	{ userId, verifiedHash }: LockedAccount,
): Promise<boolean> {
	const rows = await tx.$queryRaw<unknown[]>`
		SELECT 1 FROM users
		WHERE id = ${userId} AND password_hash = coalesce(${verifiedHash ?? null}, password_hash) AND suspended_at IS NULL
		FOR NO KEY UPDATE`;
	return rows.length > 0;
}
