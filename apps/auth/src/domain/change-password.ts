import type { User } from '@creatorr/service/identity';
import { confirmOwner, type OwnerDeps, wrongPassword } from './owner.ts';
import { type SettleDeps, settleRevocations } from './settle-revocations.ts';

interface ChangePasswordInput {
	user: User;
	currentPassword: string;
	newPassword: string;
	address: string;
	clientGone: AbortSignal;
}

/** Sets a new password; resolves once no gateway lets the user's other sessions pass. Throws as `confirmOwner` does. */
export async function changePassword(
	deps: OwnerDeps & SettleDeps,
	{ user, currentPassword, newPassword, address, clientGone }: ChangePasswordInput,
): Promise<void> {
	const owner = await confirmOwner(deps, { user, password: currentPassword, address, clientGone });
	const newHash = await deps.line(() => deps.passwords.hash(newPassword), clientGone);
	const changed = await deps.accounts.changePassword(
		{ userId: user.id, verifiedHash: owner.passwordHash },
		newHash,
		user.sessionId,
	);
	if (!changed) throw wrongPassword();
	deps.logger.info('security.password_changed', { user_id: user.id, sessions: changed.revokedCount });
	await settleRevocations(deps, changed.unsettledIds);
}
