import type { Logger } from '@creatorr/service/logger';
import type { Client } from './account.ts';
import { hashMailedToken, invalidToken } from './mailed-token.ts';
import type { AccountStore } from './stores.ts';

export interface VerifyEmailDeps {
	accounts: Pick<AccountStore, 'verifyEmail'>;
	logger: Logger;
}

/** Takes the email of the token's owner for verified. Throws `validation` for a token that is wrong, used or expired. */
export async function verifyEmail(deps: VerifyEmailDeps, token: string, client: Client): Promise<void> {
	const userId = await deps.accounts.verifyEmail(hashMailedToken(token), client);
	if (!userId) throw invalidToken();
	deps.logger.info('security.email_verified', { user_id: userId });
}
