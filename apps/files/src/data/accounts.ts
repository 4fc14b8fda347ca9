import type { Plan } from '@creatorr/contracts/plans';
import { applyOnce } from '@creatorr/database/inbox';
import { inTransaction } from '@creatorr/database/transaction';
import type { PrismaClient } from '../generated/client.ts';
import { deletion } from './file-row.ts';

/** Names this effect among those of other events in the inbox. */
const CONSUMER = 'account-deleted';
/** An account may have many files. */
const ERASE_TIMEOUT_MS = 40_000;

/** A user's plan; whoever has no row yet is on the free one. null when the account was deleted. */
export async function planOf(prisma: PrismaClient, userId: string): Promise<Plan | null> {
	const account = await prisma.account.findUnique({ where: { userId } });
	if (!account) return 'free';
	return account.deletedAt === null ? account.plan : null;
}

/** Deletes an account with all its files, forgets their names, and lets no other file of it be made. Applied once an event. */
export async function deleteAccount(
	prisma: PrismaClient,
	event: { id: string; userId: string },
): Promise<void> {
	const { userId } = event;
	type Tx = Pick<PrismaClient, 'account' | 'file' | '$executeRaw'>;
	const erase = async (tx: Tx) => {
		const deletedAt = new Date();
		await tx.account.upsert({ where: { userId }, create: { userId, deletedAt }, update: { deletedAt } });
		await tx.file.updateMany({ where: { userId, deletedAt: null }, data: deletion() });
		await tx.file.updateMany({ where: { userId }, data: { name: '' } });
	};
	await inTransaction(
		prisma,
		(tx: Tx) => applyOnce(tx, { eventId: event.id, consumer: CONSUMER }, () => erase(tx)),
		{ timeout: ERASE_TIMEOUT_MS },
	);
}
