import type { Plan } from '@creatorr/contracts/plans';
import { inTransaction } from '@creatorr/database/transaction';
import type { Deps } from '../deps.ts';
import { type Database, sweepDueAt, type Tx } from '../files.sql.ts';
import { Prisma } from '../generated/client.ts';
import { type FilePolicy, retentionOf } from '../policy.ts';

/** Dependencies of plan changes, which decide how long files are kept. */
export interface PlanDeps extends Pick<Deps, 'prisma'> {
	policy: Pick<FilePolicy, 'plans'>;
}

export interface PlanChange {
	userId: string;
	plan: Plan;
	/** Grows with every change of this user's plan. */
	version: number;
}

/**
 * Changes a user's plan. Returns false, and changes nothing, when this change or a later one was recorded before, or the account was
 * deleted. From then on, all files appear with the new plan's retention: each read applies the change to the files that it returns, and a
 * task applies it to the others in batches. Concurrent inserts wait for this transaction.
 */
export async function recordPlanChange(
	prisma: Database,
	{ userId, plan, version }: PlanChange,
): Promise<boolean> {
	return await inTransaction(prisma, async (tx: Tx) => {
		const changed = await tx.$executeRaw`
			INSERT INTO accounts (user_id, plan, plan_version) VALUES (${userId}, ${plan}::"Plan", ${version})
			ON CONFLICT (user_id) DO UPDATE SET plan = excluded.plan, plan_version = excluded.plan_version
				WHERE accounts.plan_version < excluded.plan_version AND accounts.deleted_at IS NULL`;
		if (changed === 0) return false;
		// clock_timestamp() is the time after the wait for the account's lock, so that a later change has a later time.
		await tx.$executeRaw`
			INSERT INTO plan_changes (user_id, version, plan, changed_at)
			VALUES (${userId}, ${version}, ${plan}::"Plan", clock_timestamp())`;
		return true;
	});
}

/** A row of `plan_changes`: a change that is not applied to all files of the user yet. */
interface PendingChange {
	userId: string;
	plan: Plan;
	version: bigint;
	changedAt: Date;
}

const PENDING_COLUMNS = Prisma.sql`user_id AS "userId", plan::text AS plan, version, changed_at AS "changedAt"`;

export function filesById(ids: readonly string[]): Prisma.Sql {
	return Prisma.sql`id = ANY (${ids})`;
}

/** Files that expired unless a pending change extends them. */
export const EXPIRED = Prisma.sql`expires_at <= now()`;

/**
 * Applies these users' pending changes to the files in `which`, before a read of them. Returns how many rows changed; null when no
 * change is pending, which costs one short query.
 */
export async function applyPlanChanges(
	{ prisma, policy }: PlanDeps,
	{ userIds, which }: { userIds: readonly string[]; which: Prisma.Sql },
): Promise<number | null> {
	const changes = await prisma.$queryRaw<PendingChange[]>`
		SELECT ${PENDING_COLUMNS} FROM plan_changes WHERE user_id = ANY (${userIds}) ORDER BY user_id, version`;
	if (changes.length === 0) return null;
	return await inTransaction(prisma, async (tx: Tx) => {
		let applied = 0;
		for (const change of changes) applied += (await applyChange(tx, change, policy, { which })).length;
		return applied;
	});
}

/** The transaction locks the rows of a batch for a fraction of a second. */
const BATCH_SIZE = 1_000;

/**
 * Applies the oldest pending change to its next batch of files, in the order of a user's versions, and returns how many those were.
 * Returns null when no change is pending, except those that other processes apply. A batch that fails is applied again later.
 */
export async function applyNextBatch({ prisma, policy }: PlanDeps): Promise<number | null> {
	return await inTransaction(prisma, async (tx: Tx) => {
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
		const ids = await applyChange(tx, change, policy, { which, limit: BATCH_SIZE });
		const where = { userId_version: { userId, version } };
		if (ids.length < BATCH_SIZE) await tx.planChange.delete({ where });
		else await tx.planChange.update({ where, data: { afterId: ids.at(-1) ?? afterId } });
		return ids.length;
	});
}

/**
 * Applies a change to those files in `which` that had not expired when the plan changed and have no later change. Each expires the plan's
 * retention period after its publication, or creation if it is not published. If that is before its previous expiry, it expires the
 * retention period after the change instead, but no later than its previous expiry. Returns their ids, in order.
 */
async function applyChange(
	tx: Tx,
	change: PendingChange,
	{ plans }: Pick<FilePolicy, 'plans'>,
	{ which, limit }: { which: Prisma.Sql; limit?: number },
): Promise<string[]> {
	const { storageTier, lifetimeMs } = retentionOf(plans, change.plan);
	const lifetime = Prisma.sql`make_interval(secs => ${lifetimeMs / 1_000})`;
	const expiresAt = Prisma.sql`
		greatest(coalesce(published_at, created_at) + ${lifetime}, least(expires_at, ${change.changedAt}::timestamptz + ${lifetime}))`;
	const abandonAt = Prisma.sql`least(abandon_at, ${expiresAt})`;
	// Locked in the order of ids, as everywhere, so that concurrent transactions wait for each other and do not deadlock.
	const rows = await tx.$queryRaw<{ id: string }[]>`
		SELECT id FROM files
		WHERE user_id = ${change.userId} AND deleted_at IS NULL AND expires_at > ${change.changedAt}::timestamptz
			AND plan_version < ${change.version} AND ${which}
		ORDER BY id LIMIT ${limit ?? null}::bigint FOR UPDATE`;
	const ids = rows.map(({ id }) => id);
	if (ids.length === 0) return ids;
	// Selects rows by id, because PostgreSQL reads the whole table for a join with the query above.
	await tx.$executeRaw`
		UPDATE files SET plan_version = ${change.version}, storage_tier = ${storageTier}::"StorageTier",
			expires_at = ${expiresAt}, abandon_at = ${abandonAt}, sweep_at = ${sweepDueAt({ expiresAt, abandonAt })}
		WHERE id = ANY (${ids})`;
	return ids;
}
