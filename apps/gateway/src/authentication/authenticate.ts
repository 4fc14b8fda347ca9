import { AppError } from '@creatorr/contracts/errors';
import { siteOf } from '@creatorr/service/address-network';
import type { NetworkPacer } from '../admission/network-pacer.ts';
import type { RoundRobinQueue } from '../admission/round-robin-queue.ts';
import type { Exchange } from '../exchange.ts';
import type { InFlight } from '../requests/in-flight.ts';
import { readBearerToken, unauthorized } from './bearer-token.ts';
import type { Credential, Session } from './credential.ts';
import type { LiveCredentials } from './live-credentials.ts';
import { type ApiKeyVerifier, invalidKey } from './verify-api-key.ts';
import type { TokenVerifier } from './verify-token.ts';

export interface AuthenticateDeps {
	tokenVerifier: TokenVerifier;
	pacers: { forgedTokens: NetworkPacer };
	sessions: Pick<LiveCredentials<true>, 'find'>;
	apiKeyVerifier: ApiKeyVerifier;
	/**
	 * Limits the calls about keys that aren't cached, which unauthenticated clients can cause: auth also has to answer the calls that users depend
	 * on. Networks take turns, an IPv6 site as one.
	 */
	enqueueLookup: RoundRobinQueue;
	inFlight: Pick<InFlight, 'add'>;
}

/** Returns the error for a client whose session has ended, whether it sends a request or waits. */
export function signedOut(): AppError {
	return unauthorized('Your session has ended. Sign in again.');
}

/** Returns the error for a credential that expires during a request. */
export function credentialExpired({ kind }: Credential): AppError {
	return kind === 'key' ? invalidKey() : signedOut();
}

/**
 * Verifies a token or key that isn't cached. Waits first if its network has sent many forged ones, because each costs a signature check or
 * a call to auth. Only a forged one is charged to its network: a valid one is cached from then on, and one whose client has disconnected
 * isn't looked up. Rejects like `verify`.
 */
async function verifyUncached<T>(
	{ pacers: { forgedTokens } }: AuthenticateDeps,
	exchange: Exchange,
	verify: () => T | Promise<T>,
): Promise<T> {
	await forgedTokens.wait(exchange);
	if (exchange.res.closed) throw unauthorized('the client has disconnected');
	try {
		const verified = await verify();
		forgedTokens.refund(exchange);
		return verified;
	} catch (error) {
		if (!(error instanceof AppError) || error.code !== 'unauthorized') forgedTokens.refund(exchange);
		throw error;
	}
}

/** Registers the exchange as in flight before its credential is looked up, so that a revocation during the lookup ends it. */
function registerInFlight({ inFlight }: AuthenticateDeps, exchange: Exchange, credentialId: string): void {
	exchange.credentialId = credentialId;
	inFlight.add(exchange);
}

async function authenticateSession(deps: AuthenticateDeps, exchange: Exchange, token: string): Promise<void> {
	const session: Session =
		deps.tokenVerifier.findCached(token) ??
		(await verifyUncached(deps, exchange, () => deps.tokenVerifier.verify(token)));
	exchange.credential = session;
	registerInFlight(deps, exchange, session.credentialId);
	const isAlive = await deps.sessions.find(session.credentialId, exchange.requestId);
	if (!isAlive) throw signedOut();
}

async function authenticateKey(deps: AuthenticateDeps, exchange: Exchange, text: string): Promise<void> {
	const key = deps.apiKeyVerifier.parse(text);
	const verify = () => {
		registerInFlight(deps, exchange, key.hash);
		return deps.apiKeyVerifier.verify(key.hash, exchange);
	};
	const verifyQueued = () =>
		deps.enqueueLookup({ network: siteOf(exchange.clientNetwork) ?? exchange.clientNetwork }, () => {
			if (exchange.res.closed) {
				// No lookup was made.
				deps.pacers.forgedTokens.refund(exchange);
				throw unauthorized('the client has disconnected');
			}
			return verify();
		});
	exchange.credential = await (key.isCached ? verify() : verifyUncached(deps, exchange, verifyQueued));
}

/**
 * Sets the exchange's credential, verified and alive: a session, or an API key. Check `respondedBy` afterwards, because a revocation may have
 * ended the exchange. Throws `unauthorized` or `upstream_unavailable`.
 */
export async function authenticate(deps: AuthenticateDeps, exchange: Exchange): Promise<void> {
	const { req } = exchange;
	const text = readBearerToken(req.rawHeaders, req.headers.authorization);
	if (deps.apiKeyVerifier.hasKeyPrefix(text)) await authenticateKey(deps, exchange, text);
	else await authenticateSession(deps, exchange, text);
}
