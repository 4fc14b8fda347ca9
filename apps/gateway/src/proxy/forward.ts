import type { SignIdentity } from '@creatorr/service/identity';
import { traceparentOf } from '@creatorr/telemetry/traceparent';
import type { Exchange } from '../exchange.ts';
import { endExchange } from '../requests/response.ts';
import { isHeldOpen } from '../routing/response-mode.ts';
import { signedOut } from '../sessions/authenticate.ts';
import { headersForService } from './forwarded-headers.ts';
import type { ServiceProxy } from './proxy.ts';

export interface ForwardDeps {
	sign: SignIdentity;
}

/** The longest delay of a Node timer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Ends a wait or an event stream when its token expires. */
function endWithToken(exchange: Exchange): void {
	const { session, responseMode } = exchange;
	if (!session || !isHeldOpen(responseMode)) return;
	const leftMs = Math.min(session.expiresAtMs - Date.now(), MAX_TIMER_MS);
	const timer = setTimeout(() => endExchange(exchange, signedOut()), leftMs);
	exchange.res.once('close', () => clearTimeout(timer));
}

/** Forwards a request to a service, with an identity that the gateway signs. */
export function forward(deps: ForwardDeps, proxy: ServiceProxy, exchange: Exchange): void {
	const { req, session, span } = exchange;
	const user = session && { id: session.userId, sessionId: session.sessionId };
	const headers = headersForService(req.headers, {
		identity: deps.sign(user),
		requestId: exchange.requestId,
		traceparent: span && traceparentOf(span.spanContext()),
		clientAddress: exchange.clientAddress,
	});
	endWithToken(exchange);
	proxy.forward(exchange, headers);
}
