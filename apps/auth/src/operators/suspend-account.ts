import { crashPoint } from '@creatorr/service/crash-point';
import type { Database } from '../database.sql.ts';
import { type PropagateDeps, propagateChanges } from '../gateway-leases/propagate-changes.ts';
import { type OperatorAction, suspend } from './suspensions.sql.ts';

interface Suspension {
	since: Date;
	/** Number of sessions that were live. */
	revokedCount: number;
	/** Number of API keys that worked. */
	revokedKeyCount: number;
}

/**
 * Suspends an account. Resolves when no gateway accepts its sessions and API keys. Returns null for an unknown account. An interrupted
 * suspension is completed by running it again, or by the service within a minute.
 */
export async function suspendAccount(
	deps: PropagateDeps & { prisma: Database },
	action: OperatorAction,
): Promise<Suspension | null> {
	const suspended = await suspend(deps.prisma, action);
	if (!suspended) return null;
	crashPoint('command.suspend.committed');
	const { since, revokedCount, pendingIds, keys } = suspended;
	await propagateChanges(deps, { sessionIds: pendingIds, keyChanges: keys.keyChanges });
	return { since, revokedCount, revokedKeyCount: keys.revokedCount };
}
