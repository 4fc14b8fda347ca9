import type { Plan } from '@creatorr/contracts/plans';
import type { Keeping } from '../domain/policy.ts';
import { Prisma } from '../generated/client.ts';
import { dueAt } from './file-row.ts';

export type KeepingOf = (plan: Plan) => Keeping;

/** A change of plan as its row has it. */
export interface PendingChange {
	userId: string;
	plan: Plan;
	version: bigint;
	changedAt: Date;
}

/** The columns of a pending change, by the names of the interface. */
export const PENDING_COLUMNS = Prisma.sql`user_id AS "userId", plan::text AS plan, version, changed_at AS "changedAt"`;

/**
 * Has the living files that are meant by `which` follow a change: they are kept for as long as files are kept now, counted from
 * their begin; where that is shorter than was promised, counted from the change, but for no longer than was promised. Files that
 * followed this change or a later one stay as they are. Resolves to the ids of those that followed, in order.
 */
export async function keepRows(
	tx: Prisma.TransactionClient,
	change: PendingChange,
	keepingOf: KeepingOf,
	{ which, limit }: { which: Prisma.Sql; limit?: number },
): Promise<string[]> {
	const { storageTier, lifetimeMs } = keepingOf(change.plan);
	const lifetime = Prisma.sql`make_interval(secs => ${lifetimeMs / 1_000})`;
	const expiresAt = Prisma.sql`
		greatest(coalesce(published_at, created_at) + ${lifetime}, least(expires_at, ${change.changedAt}::timestamptz + ${lifetime}))`;
	const abandonAt = Prisma.sql`least(abandon_at, ${expiresAt})`;
	// Locked in the order of ids, as everywhere: two that meet wait for each other and do not deadlock.
	const rows = await tx.$queryRaw<{ id: string }[]>`
		SELECT id FROM files
		WHERE user_id = ${change.userId} AND deleted_at IS NULL AND expires_at > ${change.changedAt}::timestamptz
			AND plan_version < ${change.version} AND ${which}
		ORDER BY id LIMIT ${limit ?? null}::bigint FOR UPDATE`;
	const ids = rows.map(({ id }) => id);
	if (ids.length === 0) return ids;
	// By their ids: joined to the look-up above, they are found by reading the whole table.
	await tx.$executeRaw`
		UPDATE files SET plan_version = ${change.version}, storage_tier = ${storageTier}::"StorageTier",
			expires_at = ${expiresAt}, abandon_at = ${abandonAt}, sweep_at = ${dueAt({ expiresAt, abandonAt })}
		WHERE id = ANY (${ids})`;
	return ids;
}
