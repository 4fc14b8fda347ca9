import { type OperatorAction, recordOperatorAction } from '@creatorr/database/operator-actions';
import { inTransaction } from '@creatorr/database/transaction';
import { isAccountDeleted, lockUser } from '../accounts/accounts.sql.ts';
import type { Database, Tx } from '../database.sql.ts';

/** The user or the job that a dead-lettered message is about, if it names one. */
export interface MessageSubject {
	userId?: string | undefined;
	jobId?: string | undefined;
}

export type DeadLetterAction = Omit<OperatorAction, 'userId'> & { about: MessageSubject };

/** Records what an operator did to a dead-lettered message, with the user that it is about. */
export async function recordDeadLetterAction(
	prisma: Database,
	{ about, ...action }: DeadLetterAction,
): Promise<void> {
	await inTransaction(prisma, async (tx) => {
		await recordOperatorAction(tx, { ...action, userId: await findUser(tx, about) });
	});
}

/** Returns null for a deleted account: a record with its user id would never be deleted with the account. */
async function findUser(tx: Tx, { userId, jobId }: MessageSubject): Promise<string | null> {
	const found = userId ?? (await findOwner(tx, jobId));
	if (found === null) return null;
	await lockUser(tx, found);
	return (await isAccountDeleted(tx, found)) ? null : found;
}

async function findOwner(tx: Tx, jobId: string | undefined): Promise<string | null> {
	if (jobId === undefined) return null;
	const job = await tx.job.findUnique({ where: { id: jobId }, select: { userId: true } });
	return job?.userId ?? null;
}
