import { crashPoint } from '@creatorr/service/crash-point';
import type { Database } from '../database.sql.ts';
import { type SettleDeps, settleRevocations } from '../gateway-leases/settle-revocations.ts';
import { type OperatorAction, suspend } from './suspensions.sql.ts';

interface Suspension {
	since: Date;
	/** How many sessions were alive until now. */
	revokedCount: number;
}

/**
 * Suspends an account; resolves once no gateway lets any of its sessions pass. Returns null where there is no such account. When it
 * is cut short, running the same command again finishes it; the service does so too, within seconds.
 */
export async function suspendAccount(
	deps: SettleDeps & { prisma: Database },
	action: OperatorAction,
): Promise<Suspension | null> {
	const suspended = await suspend(deps.prisma, action);
	if (!suspended) return null;
	crashPoint('command.suspend.committed');
	await settleRevocations(deps, suspended.unsettledIds);
	return { since: suspended.since, revokedCount: suspended.revokedCount };
}
