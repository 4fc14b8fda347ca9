import { verifyEmail as operation } from '@creatorr/contracts/auth';
import { AppError } from '@creatorr/contracts/errors';
import type { User } from '@creatorr/service/identity';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type Requester, requesterOf } from '../accounts/account.ts';
import type { AccountWithPassword } from '../accounts/accounts.sql.ts';
import { type PropagateDeps, propagateChanges } from '../gateway-leases/propagate-changes.ts';
import { hashMailedToken, invalidToken } from '../mails/mailed-token.ts';
import { findMailedTokenOwner } from '../mails/mailed-tokens.sql.ts';
import type { CheckPasswordDeps } from '../password-check/check-password.ts';
import { checkSignInPassword } from '../sign-in/sign-in.ts';
import { type EmailVerification, verifyEmail } from './verify-email.sql.ts';

interface Verification extends Requester {
	password: string | undefined;
	/** The signed-in user, if any. */
	user: User | null;
}

/**
 * Proves that the holder of the token owns the account. Someone who registers with another person's email has the session and the password,
 * but not the mail; its reader has only the mail. So the mail alone verifies nothing. Throws `invalid_credentials`, and `rate_limited` like
 * sign-in.
 */
async function proveOwner(
	deps: CheckPasswordDeps,
	owner: AccountWithPassword,
	{ user, password, client, clientGone }: Verification,
): Promise<EmailVerification['proof']> {
	const { account, passwordHash } = owner;
	if (user?.id === account.id && user.sessionId !== undefined) return { sessionId: user.sessionId };
	if (password === undefined)
		throw new AppError(
			'invalid_credentials',
			'Sign in to the account with this email, or send its password.',
		);
	const attempt = { email: account.email, password, client, clientGone };
	if (!(await checkSignInPassword(deps, owner, attempt)))
		throw new AppError('invalid_credentials', 'Incorrect password for this account.');
	return { verifiedHash: passwordHash };
}

/**
 * Marks the email of the token's account verified. Responds when no gateway accepts the account's other sessions and earlier API keys.
 * Throws `validation` for a token that is wrong, used or expired, and like {@link proveOwner}.
 */
export function verifyEmailRoute(deps: CheckPasswordDeps & PropagateDeps): Route {
	return defineRoute(operation, async (input) => {
		const { token, password } = input.body;
		const requester = requesterOf(input);
		const tokenHash = hashMailedToken(token);
		const owner = await findMailedTokenOwner(deps.prisma, 'verify_email', tokenHash);
		if (!owner) throw invalidToken();
		const { id: userId } = owner.account;
		const proof = await proveOwner(deps, owner, { password, user: input.identity.user, ...requester });
		const verified = await verifyEmail(deps.prisma, { tokenHash, userId, proof, client: requester.client });
		if (!verified) throw invalidToken();
		deps.logger.info('security.email_verified', { user_id: userId, sessions: verified.revokedCount });
		await propagateChanges(deps, { sessionIds: verified.pendingIds, keyChanges: verified.keyChanges });
	});
}
