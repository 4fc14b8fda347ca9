import { AppError } from '@creatorr/contracts/errors';
import { newId } from '@creatorr/contracts/ids';
import { networkOf } from '@creatorr/service/address-network';
import type { Logger } from '@creatorr/service/logger';
import { countRegistration } from '../auth-metrics.ts';
import type { Client, SignedIn } from './account.ts';
import type { FairLine } from './fair-line.ts';
import { hashNewPassword, type NewPasswordDeps } from './new-password.ts';
import { refuseSlowly } from './refuse-slowly.ts';
import { newSession, type SessionRules, signedIn } from './session.ts';
import type { AccountStore } from './stores.ts';

export interface RegistrationThrottle {
	/** Counts one registration of the network; returns 0, or for how many seconds it may not register. */
	take(network: string): Promise<number>;
}

export interface RegisterDeps extends NewPasswordDeps {
	registrations: RegistrationThrottle;
	accounts: AccountStore;
	line: FairLine;
	sessionRules: SessionRules;
	logger: Logger;
}

interface RegisterInput {
	email: string;
	password: string;
	name: string | null;
	client: Client;
	clientGone: AbortSignal;
}

function emailTaken(): AppError {
	countRegistration('email taken');
	return new AppError('email_taken', 'this email has an account already; sign in, or use another one');
}

/**
 * Admits an attempt, before anything is looked up: answers that an email is taken are counted too, as they tell strangers who has
 * an account. Throws `rate_limited`.
 */
async function admit({ registrations, logger }: RegisterDeps, network: string): Promise<void> {
	const waitSeconds = await registrations.take(network);
	if (waitSeconds === 0) return;
	countRegistration('throttled');
	logger.warn('security.registrations_slowed', { network });
	const minutes = Math.ceil(waitSeconds / 60);
	const wait = minutes === 1 ? '1 minute' : `${minutes} minutes`;
	const message = `Too many accounts were created from this network. Try again in ${wait}.`;
	throw new AppError('rate_limited', message, { retryAfterSeconds: waitSeconds });
}

/** Creates an account and signs it in. Throws `email_taken`, also to all but one of those who ask at once, `validation` for a weak password, and `rate_limited`. */
export async function registerAccount(deps: RegisterDeps, input: RegisterInput): Promise<SignedIn> {
	const { email, name, client } = input;
	const network = networkOf(client.address);
	await refuseSlowly(() => admit(deps, network), input.clientGone);
	// Before the hash, which is the expensive part.
	if (await deps.accounts.findByEmail(email)) throw emailTaken();
	const chosen = { password: input.password, email, path: 'password' };
	const hash = () =>
		deps.line({ kind: 'register', network }, () => hashNewPassword(deps, chosen), input.clientGone);
	const passwordHash = await refuseSlowly(hash, input.clientGone);
	const id = newId('usr');
	const session = newSession(deps.sessionRules, id, client);
	const answer = await signedIn(
		deps.sessionRules,
		{ id, email, email_verified: false, name, plan: 'free' },
		session,
	);
	const isStored = await deps.accounts.register({ id, email, name, passwordHash }, session, network);
	if (!isStored) throw emailTaken();
	countRegistration('created');
	deps.logger.info('security.registered', { user_id: id, session_id: session.id });
	return answer;
}
