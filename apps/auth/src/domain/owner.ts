import { AppError } from '@creatorr/contracts/errors';
import type { User } from '@creatorr/service/identity';
import type { Client, Credentials } from './account.ts';
import { type CheckPasswordDeps, checkPassword } from './check-password.ts';
import type { AccountStore } from './stores.ts';

export interface OwnerDeps extends CheckPasswordDeps {
	accounts: AccountStore;
}

interface OwnerInput {
	user: User;
	password: string;
	client: Client;
	clientGone: AbortSignal;
}

export function wrongPassword(): AppError {
	return new AppError('invalid_credentials', 'the password is wrong');
}

/** The account of a signed-in user. Throws `unauthorized` when it was deleted while this request was on its way. */
export async function loadOwner(deps: { accounts: AccountStore }, userId: string): Promise<Credentials> {
	const found = await deps.accounts.findById(userId);
	if (!found) throw new AppError('unauthorized', 'this account does not exist any more');
	return found;
}

/** The account of a signed-in user who has given its password again. Throws as `checkPassword` does, and `invalid_credentials`. */
export async function confirmOwner(deps: OwnerDeps, input: OwnerInput): Promise<Credentials> {
	const owner = await loadOwner(deps, input.user.id);
	const isRight = await checkPassword(deps, {
		owner: { userId: owner.account.id, passwordHash: owner.passwordHash },
		email: owner.account.email,
		password: input.password,
		client: input.client,
		standing: { sessionId: input.user.sessionId },
		clientGone: input.clientGone,
	});
	if (!isRight) throw wrongPassword();
	return owner;
}
