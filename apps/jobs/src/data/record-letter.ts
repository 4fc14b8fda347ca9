import { type OperatorAction, recordOperatorAction } from '@creatorr/database/operator-actions';
import { inTransaction } from '@creatorr/database/transaction';
import type { PrismaClient, Tx } from './prisma.ts';
import { isDeleted, lockUser } from './users.ts';

/** Whom a letter is about, as far as it says. */
export interface About {
	userId?: string | undefined;
	jobId?: string | undefined;
}

export type LetterAct = Omit<OperatorAction, 'userId'> & { about: About };

/** Keeps what an operator did to a dead letter: with the user that it is about, where there is one. */
export async function recordLetter(prisma: PrismaClient, { about, ...act }: LetterAct): Promise<void> {
	await inTransaction(prisma, async (tx) => {
		await recordOperatorAction(tx, { ...act, userId: await findUser(tx, about) });
	});
}

/** Null where no account is known: what is kept with one that is gone would never go with it. */
async function findUser(tx: Tx, { userId, jobId }: About): Promise<string | null> {
	const found = userId ?? (await findOwner(tx, jobId));
	if (found === null) return null;
	await lockUser(tx, found);
	return (await isDeleted(tx, found)) ? null : found;
}

async function findOwner(tx: Tx, jobId: string | undefined): Promise<string | null> {
	if (jobId === undefined) return null;
	const job = await tx.job.findUnique({ where: { id: jobId }, select: { userId: true } });
	return job?.userId ?? null;
}
