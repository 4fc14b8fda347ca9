import { AppError } from '@creatorr/contracts/errors';
import type { SessionUser } from '@creatorr/service/identity';
import { loadAccountWithPassword, type Requester } from '../accounts/account.ts';
import type { AccountWithPassword } from '../accounts/accounts.sql.ts';
import { type CheckPasswordDeps, checkPassword } from './check-password.ts';

export function wrongPassword(): AppError {
	return new AppError('invalid_credentials', 'Incorrect password.');
}

interface Confirmation extends Requester {
	user: SessionUser;
	password: string;
}

/**
 * Returns the account of a signed-in user who has entered its password. Throws `invalid_credentials`, `unauthorized` if the account was deleted,
 * and like {@link checkPassword}.
 */
export async function confirmOwner(
	deps: CheckPasswordDeps,
	{ user, password, client, clientGone }: Confirmation,
): Promise<AccountWithPassword> {
	const owner = await loadAccountWithPassword(deps.prisma, user.id);
	const isRight = await checkPassword(deps, {
		owner: { userId: owner.account.id, passwordHash: owner.passwordHash },
		email: owner.account.email,
		password,
		origin: { sessionId: user.sessionId },
		client,
		clientGone,
	});
	if (!isRight) throw wrongPassword();
	return owner;
}
