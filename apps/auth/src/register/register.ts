import { register } from '@creatorr/contracts/auth';
import { AppError } from '@creatorr/contracts/errors';
import { formatWait } from '@creatorr/contracts/format';
import { newId } from '@creatorr/contracts/ids';
import { networkOf } from '@creatorr/service/address-network';
import type { Logger } from '@creatorr/service/logger';
import { counter } from '@creatorr/service/metrics';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type Requester, requesterOf } from '../accounts/account.ts';
import { findAccountByEmail } from '../accounts/accounts.sql.ts';
import type { Database } from '../database.sql.ts';
import type { MailLimits } from '../mails/mails.sql.ts';
import { delayRefusal } from '../password-check/delay-refusal.ts';
import { hashNewPassword, type NewPasswordDeps } from '../passwords/new-password.ts';
import {
	createSignInResponse,
	newSession,
	type SessionRules,
	type SignInResponse,
} from '../sessions/session-token.ts';
import { insertAccount } from './register.sql.ts';
import type { RegistrationThrottle } from './registration-throttle.ts';

interface RegisterDeps extends NewPasswordDeps {
	prisma: Database;
	registrations: RegistrationThrottle;
	sessionRules: SessionRules;
	mailLimits: MailLimits;
	logger: Logger;
}

interface Registration extends Requester {
	email: string;
	password: string;
	name: string | null;
}

const registrations = counter({
	name: 'creatorr_registrations_total',
	help: 'Attempts to create an account, by outcome: created, email taken, throttled',
	labels: ['outcome'],
	initial: ['created', 'email taken', 'throttled'].map((outcome) => ({ outcome })),
});

function emailTaken(): AppError {
	registrations.inc({ outcome: 'email taken' });
	return new AppError(
		'email_taken',
		'An account with this email already exists. Sign in, or use another email.',
	);
}

/** Counts an attempt before any lookup, because the response that an email is taken reveals an account. Throws `rate_limited`. */
async function admit({ registrations: throttle, logger }: RegisterDeps, network: string): Promise<void> {
	const waitSeconds = await throttle.take(network);
	if (waitSeconds === 0) return;
	registrations.inc({ outcome: 'throttled' });
	logger.warn('security.registrations_throttled', { network });
	const message = `Too many accounts were created from your network. Try again in ${formatWait(waitSeconds)}.`;
	throw new AppError('rate_limited', message, { retryAfterSeconds: waitSeconds });
}

/**
 * Creates an account and signs it in. Throws `email_taken`, also for all but one of concurrent registrations of an email, `validation` for a
 * weak password, and `rate_limited`.
 */
async function registerAccount(deps: RegisterDeps, input: Registration): Promise<SignInResponse> {
	const { email, name, client, clientGone } = input;
	const network = networkOf(client.address);
	await delayRefusal(() => admit(deps, network), clientGone);
	// Before hashing, which is expensive.
	if (await findAccountByEmail(deps.prisma, email)) throw emailTaken();
	const chosen = { password: input.password, email, path: 'password' };
	const passwordHash = await delayRefusal(
		() => hashNewPassword(deps, chosen, { kind: 'register', network, account: email, clientGone }),
		clientGone,
	);
	const id = newId('usr');
	const session = newSession(deps.sessionRules, id, client);
	const account = { id, email, email_verified: false, name, plan: 'free' as const };
	const response = await createSignInResponse(deps.sessionRules, account, session);
	const user = { id, email, name, passwordHash };
	const mailsPerNetwork = deps.mailLimits.perNetwork;
	if (!(await insertAccount(deps.prisma, { user, session, network, mailsPerNetwork }))) throw emailTaken();
	registrations.inc({ outcome: 'created' });
	deps.logger.info('security.registered', { user_id: id, session_id: session.id });
	return response;
}

export function registerRoute(deps: RegisterDeps): Route {
	return defineRoute(register, async (input) => {
		const { email, password, name = null } = input.body;
		return { data: await registerAccount(deps, { email, password, name, ...requesterOf(input) }) };
	});
}
