import { AppError } from '@creatorr/contracts/errors';
import type { User } from '@creatorr/service/identity';
import type { Client, Credentials } from './account.ts';
import { hashMailedToken, invalidToken } from './mailed-token.ts';
import { type SettleDeps, settleRevocations } from './settle-revocations.ts';
import { type CheckSignInDeps, checkSignInPassword } from './sign-in.ts';
import type { EmailVerification } from './stores.ts';

export interface VerifyEmailDeps extends CheckSignInDeps, SettleDeps {}

interface VerifyEmailInput {
	token: string;
	password: string | undefined;
	/** Who is signed in, if anybody. */
	user: User | null;
	client: Client;
	clientGone: AbortSignal;
}

/**
 * Whoever registers with somebody else's email has the session and the password, but not the mail; its reader has the mail alone.
 * So the mail verifies nothing without one of the other two. Throws `invalid_credentials`, and `rate_limited` as sign-in does.
 */
async function proveOwner(
	deps: VerifyEmailDeps,
	owner: Credentials,
	{ user, password, client, clientGone }: VerifyEmailInput,
): Promise<EmailVerification['proof']> {
	const { account, passwordHash } = owner;
	if (user?.id === account.id) return { sessionId: user.sessionId };
	if (password === undefined)
		throw new AppError('invalid_credentials', 'sign in to the account of this email, or send its password');
	const attempt = { email: account.email, password, client, clientGone };
	if (!(await checkSignInPassword(deps, owner, attempt)))
		throw new AppError('invalid_credentials', 'Incorrect password for this account.');
	return { verifiedHash: passwordHash };
}

/**
 * Marks the email of the token's account verified; resolves once no gateway lets any other session of the account pass. Throws
 * `validation` for a token that is wrong, used or expired, and as {@link proveOwner}.
 */
export async function verifyEmail(deps: VerifyEmailDeps, input: VerifyEmailInput): Promise<void> {
	const tokenHash = hashMailedToken(input.token);
	const owner = await deps.accounts.findByMailedToken('verify_email', tokenHash);
	if (!owner) throw invalidToken();
	const { id: userId } = owner.account;
	const proof = await proveOwner(deps, owner, input);
	const verified = await deps.accounts.verifyEmail({ tokenHash, userId, proof, client: input.client });
	if (!verified) throw invalidToken();
	deps.logger.info('security.email_verified', { user_id: userId, sessions: verified.revokedCount });
	await settleRevocations(deps, verified.unsettledIds);
}
