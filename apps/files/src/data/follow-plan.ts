import { inTransaction } from '@creatorr/database/transaction';
import { Prisma, type PrismaClient } from '../generated/client.ts';
import { type KeepingOf, keepRows, PENDING_COLUMNS, type PendingChange } from './keep-rows.ts';

/** A fraction of a second's work: the rows of a batch are locked for so long. */
const BATCH_SIZE = 1_000;

/**
 * Has these files follow the changes of their owners' plans that not all files have followed yet, so that whoever looks at them
 * next sees them as they are by now; resolves to how many rows that changed, null when there is no such change. Costs one short
 * query then.
 */
export async function followPlan(
	prisma: PrismaClient,
	keepingOf: KeepingOf,
	{ userIds, which }: { userIds: readonly string[]; which: Prisma.Sql },
): Promise<number | null> {
	const changes = await prisma.$queryRaw<PendingChange[]>`
		SELECT ${PENDING_COLUMNS} FROM plan_changes WHERE user_id = ANY (${userIds}) ORDER BY user_id, version`;
	if (changes.length === 0) return null;
	return await inTransaction(prisma, async (tx: Prisma.TransactionClient) => {
		let followed = 0;
		for (const change of changes) followed += (await keepRows(tx, change, keepingOf, { which })).length;
		return followed;
	});
}

export function theFiles(ids: readonly string[]): Prisma.Sql {
	return Prisma.sql`id = ANY (${ids})`;
}

/** Files whose time would be over, had their owner's plan not changed since. */
export const RUN_OUT = Prisma.sql`expires_at <= now()`;

/**
 * Has the next batch of files follow a change of plan, in the order of versions where a user has several; null when no change is
 * left, or only such as other processes are at. A batch that breaks off is done again by whoever comes next.
 */
export async function followInBatch(prisma: PrismaClient, keepingOf: KeepingOf): Promise<number | null> {
	return await inTransaction(prisma, async (tx: Prisma.TransactionClient) => {
		const [change] = await tx.$queryRaw<(PendingChange & { afterId: string })[]>`
			SELECT ${PENDING_COLUMNS}, after_id AS "afterId" FROM plan_changes AS change
			WHERE NOT EXISTS (
				SELECT 1 FROM plan_changes AS earlier
				WHERE earlier.user_id = change.user_id AND earlier.version < change.version
			)
			ORDER BY changed_at LIMIT 1 FOR UPDATE SKIP LOCKED`;
		if (!change) return null;
		const { userId, version, afterId } = change;
		const which = Prisma.sql`id > ${afterId}`;
		const ids = await keepRows(tx, change, keepingOf, { which, limit: BATCH_SIZE });
		const where = { userId_version: { userId, version } };
		if (ids.length < BATCH_SIZE) await tx.planChange.delete({ where });
		else await tx.planChange.update({ where, data: { afterId: ids.at(-1) ?? afterId } });
		return ids.length;
	});
}
