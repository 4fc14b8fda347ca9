import { AppError } from '@creatorr/contracts/errors';
import type { NetworkPacer } from '../limits/network-pacer.ts';
import type { Exchange } from '../requests/exchange.ts';
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

/** What a client hears whose session is over, whether it asks or is waiting. */
export function signedOut(): AppError {
	return unauthorized('Your session has ended. Sign in again.');
}

/**
 * Verifies a token that is not known yet, after a wait where the network has sent many forged ones: each costs a check of a signature.
 * A good token costs its network nothing, and waits no more once it is known. Rejects like {@link TokenVerifier.verify}.
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
		forgedTokens.giveBack(exchange);
		return session;
	} catch (error) {
		if (!(error instanceof AppError) || error.code !== 'unauthorized') forgedTokens.giveBack(exchange);
		throw error;
	}
}

/**
 * Sets the exchange's session, verified and alive. The exchange is in flight before its session is looked up, so that a
 * revocation in between ends it: check `answeredBy` after this. Throws `unauthorized` or `upstream_unavailable`.
 */
export async function authenticate(deps: AuthenticateDeps, exchange: Exchange): Promise<void> {
	const { req } = exchange;
	const token = readBearerToken(req.rawHeaders, req.headers.authorization);
	exchange.session = deps.tokens.known(token) ?? (await verifyUnknown(deps, exchange, token));
	deps.inFlight.add(exchange);
	const isAlive = await deps.sessions.isAlive(exchange.session.sessionId, exchange.requestId);
	if (!isAlive) throw signedOut();
}
