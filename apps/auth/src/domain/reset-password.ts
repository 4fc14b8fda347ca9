import { networkOf } from '@creatorr/service/address-network';
import type { Logger } from '@creatorr/service/logger';
import type { Client } from './account.ts';
import type { FairLine } from './fair-line.ts';
import { hashMailedToken, invalidToken } from './mailed-token.ts';
import { hashNewPassword, type NewPasswordDeps } from './new-password.ts';
import { refuseSlowly } from './refuse-slowly.ts';
import { type SettleDeps, settleRevocations } from './settle-revocations.ts';
import type { AccountStore } from './stores.ts';

export interface ResetPasswordDeps extends SettleDeps, NewPasswordDeps {
	accounts: AccountStore;
	line: FairLine;
	logger: Logger;
}

interface ResetPasswordInput {
	token: string;
	newPassword: string;
	client: Client;
	clientGone: AbortSignal;
}

/**
 * Sets a new password for the owner of the token; resolves once no gateway lets any of the user's sessions pass. Throws
 * `validation` for a token that is wrong, used or expired and for a weak password, and `rate_limited`.
 */
export async function resetPassword(deps: ResetPasswordDeps, input: ResetPasswordInput): Promise<void> {
	const { client, clientGone } = input;
	const tokenHash = hashMailedToken(input.token);
	// Before the password is hashed, which is the expensive part.
	const owner = await deps.accounts.findByMailedToken('reset_password', tokenHash);
	if (!owner) throw invalidToken();
	const chosen = { password: input.newPassword, email: owner.account.email, path: 'new_password' };
	const network = networkOf(client.address);
	const hash = () =>
		deps.line({ kind: 'mailed-token', network }, () => hashNewPassword(deps, chosen), clientGone);
	const newHash = await refuseSlowly(hash, clientGone);
	const reset = await deps.accounts.resetPassword({ tokenHash, newHash, client, network });
	if (!reset) throw invalidToken();
	deps.logger.info('security.password_reset', { user_id: reset.userId, sessions: reset.revokedCount });
	await settleRevocations(deps, reset.unsettledIds);
}
