import { inTransaction } from '@creatorr/database/transaction';
import { lockAgainstDeletion, lockUser } from '../accounts/accounts.sql.ts';
import type { Database, Tx } from '../database.sql.ts';
import { failPending } from './end-deliveries.sql.ts';

/** A changed endpoint begins with no failures. */
const NEW_HEALTH = { failures: 0, failingSince: null, pausedUntil: null, healthEpoch: { increment: 1 } };

/**
 * Disables a user's endpoints with the reason `suspended` and fails pending deliveries, or enables those that have this reason. Idempotent.
 * Ignores a change that is older than the last one, because messages may arrive in any order.
 */
export async function setSuspended(
	prisma: Database,
	{ userId, suspended, changedAt }: { userId: string; suspended: boolean; changedAt: Date },
): Promise<void> {
	await inTransaction(prisma, async (tx: Tx) => {
		await lockUser(tx, userId);
		if (!(await lockAgainstDeletion(tx, userId))) return;
		const changed = await tx.$executeRaw`
			INSERT INTO account_states AS state (user_id, suspended, suspension_changed_at)
			VALUES (${userId}, ${suspended}, ${changedAt})
			ON CONFLICT (user_id) DO UPDATE SET
				suspended = excluded.suspended, suspension_changed_at = excluded.suspension_changed_at
			WHERE coalesce(state.suspension_changed_at <= excluded.suspension_changed_at, true)`;
		if (changed === 0) return;
		if (suspended)
			await tx.endpoint.updateMany({
				where: { userId, status: 'enabled' },
				data: { status: 'disabled', disabledReason: 'suspended', ...NEW_HEALTH },
			});
		else
			await tx.endpoint.updateMany({
				where: { userId, disabledReason: 'suspended' },
				data: { status: 'enabled', disabledReason: null, ...NEW_HEALTH },
			});
	});
	await failPendingOf(prisma, userId);
}

/**
 * Disables, with the reason `unverified`, the endpoints that existed when the user verified the email, and fails their pending deliveries. Does
 * nothing when it is called again for the user.
 */
export async function disableUnverified(
	prisma: Database,
	{ userId, verifiedAt }: { userId: string; verifiedAt: Date },
): Promise<void> {
	await inTransaction(prisma, async (tx: Tx) => {
		await lockUser(tx, userId);
		if (!(await lockAgainstDeletion(tx, userId))) return;
		const changed = await tx.$executeRaw`
			INSERT INTO account_states AS state (user_id, verified) VALUES (${userId}, true)
			ON CONFLICT (user_id) DO UPDATE SET verified = true WHERE NOT state.verified`;
		if (changed === 0) return;
		await tx.endpoint.updateMany({
			where: { userId, status: 'enabled', createdAt: { lt: verifiedAt } },
			data: { status: 'disabled', disabledReason: 'unverified', ...NEW_HEALTH },
		});
	});
	await failPendingOf(prisma, userId);
}

/** Fails what is pending at the user's disabled endpoints. */
async function failPendingOf(prisma: Database, userId: string): Promise<void> {
	const endpoints = await prisma.endpoint.findMany({
		where: { userId, status: 'disabled' },
		select: { id: true },
	});
	for (const { id } of endpoints) await failPending(prisma, id);
}
