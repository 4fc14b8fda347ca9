import { AppError } from '@creatorr/contracts/errors';
import { networkOf } from '@creatorr/service/address-network';
import type { Client, Credentials, SignedIn } from './account.ts';
import { type CheckPasswordDeps, checkPassword } from './check-password.ts';
import { newSession, type SessionRules, signedIn } from './session.ts';
import type { AccountStore } from './stores.ts';

export interface CheckSignInDeps extends CheckPasswordDeps {
	accounts: AccountStore;
}

export interface SignInDeps extends CheckSignInDeps {
	sessionRules: SessionRules;
}

interface SignInInput {
	email: string;
	password: string;
	client: Client;
	clientGone: AbortSignal;
}

/** One answer for a wrong password, for an unknown email and for a suspended account. */
function wrongCredentials(): AppError {
	return new AppError('invalid_credentials', 'the email or the password is wrong');
}

/** Whether this is the password of the account, if there is one, and somebody may sign in to it. Throws `rate_limited`. */
export async function checkSignInPassword(
	deps: CheckSignInDeps,
	found: Credentials | null,
	{ email, password, client, clientGone }: SignInInput,
): Promise<boolean> {
	const network = networkOf(client.address);
	const isKnown = await deps.accounts.isKnownNetwork(found?.account.id ?? '', network);
	return await checkPassword(deps, {
		owner: found && {
			userId: found.account.id,
			passwordHash: found.isSuspended ? null : found.passwordHash,
		},
		email,
		password,
		client,
		standing: isKnown ? 'known-network' : 'stranger',
		clientGone,
	});
}

/** Opens a session. Throws `invalid_credentials` and `rate_limited`. */
export async function signIn(deps: SignInDeps, input: SignInInput): Promise<SignedIn> {
	const { email, client } = input;
	const network = networkOf(client.address);
	const found = await deps.accounts.findByEmail(email);
	const isRight = await checkSignInPassword(deps, found, input);
	if (!found || !isRight) throw wrongCredentials();
	const { account, passwordHash } = found;
	const session = newSession(deps.sessionRules, account.id, client);
	const answer = await signedIn(deps.sessionRules, account, session);
	const owner = { userId: account.id, verifiedHash: passwordHash };
	if (!(await deps.accounts.openSession(owner, session, network))) throw wrongCredentials();
	deps.logger.info('security.signed_in', { user_id: account.id, session_id: session.id, network });
	return answer;
}
