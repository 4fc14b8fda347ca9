import { networkOf } from '@creatorr/service/address-network';
import type { User } from '@creatorr/service/identity';
import type { Client } from './account.ts';
import { hashNewPassword, type NewPasswordDeps } from './new-password.ts';
import { confirmOwner, type OwnerDeps, wrongPassword } from './owner.ts';
import { type SettleDeps, settleRevocations } from './settle-revocations.ts';

export interface ChangePasswordDeps extends OwnerDeps, SettleDeps, NewPasswordDeps {}

interface ChangePasswordInput {
	user: User;
	currentPassword: string;
	newPassword: string;
	client: Client;
	clientGone: AbortSignal;
}

/**
 * Sets a new password; resolves once no gateway lets the user's other sessions pass. Throws `validation` for a weak one, and as
 * `confirmOwner` does.
 */
export async function changePassword(
	deps: ChangePasswordDeps,
	{ user, currentPassword, newPassword, client, clientGone }: ChangePasswordInput,
): Promise<void> {
	const owner = await confirmOwner(deps, { user, password: currentPassword, client, clientGone });
	const place = { kind: 'session' as const, network: networkOf(client.address) };
	const chosen = { password: newPassword, email: owner.account.email, path: 'new_password' };
	const newHash = await deps.line(place, () => hashNewPassword(deps, chosen), clientGone);
	const changed = await deps.accounts.changePassword(
		{ userId: user.id, verifiedHash: owner.passwordHash },
		newHash,
		{ sessionId: user.sessionId, client },
	);
	if (!changed) throw wrongPassword();
	deps.logger.info('security.password_changed', { user_id: user.id, sessions: changed.revokedCount });
	await settleRevocations(deps, changed.unsettledIds);
}
