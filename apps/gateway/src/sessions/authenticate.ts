import type { AppError } from '@creatorr/contracts/errors';
import type { Exchange } from '../requests/exchange.ts';
import type { InFlight } from '../requests/in-flight.ts';
import { readBearerToken, unauthorized } from './bearer-token.ts';
import type { LiveSessions } from './live-sessions.ts';
import type { VerifyToken } from './verify-token.ts';

export interface AuthenticateDeps {
	verifyToken: VerifyToken;
	sessions: Pick<LiveSessions, 'isAlive'>;
	inFlight: Pick<InFlight, 'add'>;
}

/** What a client hears whose session is over, whether it asks or is waiting. */
export function signedOut(): AppError {
	return unauthorized('the session is over; sign in again');
}

/**
 * Sets the exchange's session, verified and alive. The exchange is in flight before its session is looked up, so that a
 * revocation in between ends it: check `answeredBy` after this. Throws `unauthorized` or `upstream_unavailable`.
 */
export async function authenticate(deps: AuthenticateDeps, exchange: Exchange): Promise<void> {
	const { req } = exchange;
	const token = readBearerToken(req.rawHeaders, req.headers.authorization);
	exchange.session = await deps.verifyToken(token);
	deps.inFlight.add(exchange);
	const isAlive = await deps.sessions.isAlive(exchange.session.sessionId, exchange.requestId);
	if (!isAlive) throw signedOut();
}
