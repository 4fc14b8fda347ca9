import { AppError } from '@creatorr/contracts/errors';
import type { Exchange } from '../exchange.ts';
import type { NetworkPacer } from '../limits/network-pacer.ts';
import type { InFlight } from '../requests/in-flight.ts';
import { readBearerToken, unauthorized } from './bearer-token.ts';
import type { LiveSessions } from './live-sessions.ts';
import type { Session, TokenVerifier } from './verify-token.ts';

export interface AuthenticateDeps {
	tokens: TokenVerifier;
	pacers: { forgedTokens: NetworkPacer };
	sessions: Pick<LiveSessions, 'isAlive'>;
	inFlight: Pick<InFlight, 'add'>;
}

/** Returns the error for a client whose session has ended, whether it sends a request or waits. */
export function signedOut(): AppError {
	return unauthorized('Your session has ended. Sign in again.');
}

/**
 * Verifies an unknown token, after a delay if its network has sent many forged ones: each costs a signature check. A valid token costs
 * its network nothing and is not delayed again. Rejects like {@link TokenVerifier.verify}.
 */
async function verifyUnknown(
	{ tokens, pacers: { forgedTokens } }: AuthenticateDeps,
	exchange: Exchange,
	token: string,
): Promise<Session> {
	await forgedTokens.wait(exchange);
	if (exchange.res.closed) throw unauthorized('the client has left');
	try {
		const session = await tokens.verify(token);
		forgedTokens.refund(exchange);
		return session;
	} catch (error) {
		if (!(error instanceof AppError) || error.code !== 'unauthorized') forgedTokens.refund(exchange);
		throw error;
	}
}

/**
 * Sets the exchange's session, verified and alive. The exchange is in flight before its session is looked up, so that a revocation in
 * between ends it: check `respondedBy` afterwards. Throws `unauthorized` or `upstream_unavailable`.
 */
export async function authenticate(deps: AuthenticateDeps, exchange: Exchange): Promise<void> {
	const { req } = exchange;
	const token = readBearerToken(req.rawHeaders, req.headers.authorization);
	exchange.session = deps.tokens.known(token) ?? (await verifyUnknown(deps, exchange, token));
	deps.inFlight.add(exchange);
	const isAlive = await deps.sessions.isAlive(exchange.session.sessionId, exchange.requestId);
	if (!isAlive) throw signedOut();
}
