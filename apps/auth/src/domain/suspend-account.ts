import { crashPoint } from '@creatorr/service/crash-point';
import { type SettleDeps, settleRevocations } from './settle-revocations.ts';
import type { OperatorAct, SuspensionStore } from './stores.ts';

export interface SuspendDeps extends SettleDeps {
	suspensions: SuspensionStore;
}

/** What a suspension has come to. */
export interface Suspension {
	since: Date;
	/** How many sessions were alive until now. */
	revokedCount: number;
}

/**
 * Shuts an account; resolves once no gateway lets any of its sessions pass. Null where there is no such account. What was
 * cut short is finished by the same command run again, or by the service within seconds.
 */
export async function suspendAccount(deps: SuspendDeps, act: OperatorAct): Promise<Suspension | null> {
	const suspended = await deps.suspensions.suspend(act);
	if (!suspended) return null;
	crashPoint('command.suspend.committed');
	await settleRevocations(deps, suspended.unsettledIds);
	return { since: suspended.since, revokedCount: suspended.revokedCount };
}
