import { crashPoint } from '@creatorr/service/crash-point';
import type { User } from '@creatorr/service/identity';
import type { Client } from './account.ts';
import { confirmOwner, type OwnerDeps, wrongPassword } from './owner.ts';
import { type SettleDeps, settleRevocations } from './settle-revocations.ts';

interface DeleteAccountInput {
	user: User;
	password: string;
	client: Client;
	clientGone: AbortSignal;
}

/**
 * Removes the account: its email is free at once, the other services are told, and no gateway lets its sessions pass any
 * more when this resolves. Throws as `confirmOwner` does.
 */
export async function deleteAccount(deps: OwnerDeps & SettleDeps, input: DeleteAccountInput): Promise<void> {
	const owner = await confirmOwner(deps, input);
	const verified = { userId: input.user.id, verifiedHash: owner.passwordHash };
	const removed = await deps.accounts.remove(verified, input.client);
	if (!removed) throw wrongPassword();
	crashPoint('auth.delete.committed');
	deps.logger.info('security.account_deleted', { user_id: input.user.id, sessions: removed.revokedCount });
	await settleRevocations(deps, removed.unsettledIds);
	crashPoint('auth.delete.settled');
}
