import { login } from '@creatorr/contracts/auth';
import { AppError } from '@creatorr/contracts/errors';
import { networkOf } from '@creatorr/service/address-network';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type Requester, requesterOf } from '../accounts/account.ts';
import { type AccountWithPassword, findAccountByEmail } from '../accounts/accounts.sql.ts';
import type { MailLimits } from '../mails/mails.sql.ts';
import { type CheckPasswordDeps, checkPassword } from '../password-check/check-password.ts';
import {
	createSignInResponse,
	newSession,
	type SessionRules,
	type SignInResponse,
} from '../sessions/session-token.ts';
import { isKnownNetwork, openSession } from './sign-in.sql.ts';

interface SignInDeps extends CheckPasswordDeps {
	sessionRules: SessionRules;
	mailLimits: MailLimits;
}

interface SignIn extends Requester {
	email: string;
	password: string;
}

/** Returns the same error for a wrong password, an unknown email and a suspended account. */
function wrongCredentials(): AppError {
	return new AppError('invalid_credentials', 'Incorrect email or password.');
}

/** Whether there is an account that isn't suspended, and this is its password. Throws `rate_limited`. */
export async function checkSignInPassword(
	deps: CheckPasswordDeps,
	found: AccountWithPassword | null,
	{ email, password, client, clientGone }: SignIn,
): Promise<boolean> {
	const network = networkOf(client.address);
	const isKnown = await isKnownNetwork(deps.prisma, found?.account.id ?? '', network);
	return await checkPassword(deps, {
		owner: found && {
			userId: found.account.id,
			passwordHash: found.isSuspended ? null : found.passwordHash,
		},
		email,
		password,
		client,
		origin: isKnown ? 'known-network' : 'unknown-network',
		clientGone,
	});
}

/** Opens a session. Throws `invalid_credentials` and `rate_limited`. */
async function signIn(deps: SignInDeps, input: SignIn): Promise<SignInResponse> {
	const network = networkOf(input.client.address);
	const found = await findAccountByEmail(deps.prisma, input.email);
	const isRight = await checkSignInPassword(deps, found, input);
	if (!found || !isRight) throw wrongCredentials();
	const { account, passwordHash } = found;
	const session = newSession(deps.sessionRules, account.id, input.client);
	const response = await createSignInResponse(deps.sessionRules, account, session);
	const owner = { userId: account.id, verifiedHash: passwordHash };
	const noticesPerHour = deps.mailLimits.perEmail;
	if (!(await openSession(deps.prisma, owner, { session, network, noticesPerHour })))
		throw wrongCredentials();
	deps.logger.info('security.signed_in', { user_id: account.id, session_id: session.id, network });
	return response;
}

export function loginRoute(deps: SignInDeps): Route {
	return defineRoute(login, async (input) => {
		return { data: await signIn(deps, { ...input.body, ...requesterOf(input) }) };
	});
}
