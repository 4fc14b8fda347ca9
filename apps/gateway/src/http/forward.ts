import type { SignIdentity } from '@creatorr/service/identity';
import { traceparentOf } from '@creatorr/telemetry/traceparent';
import { headersForService } from '../domain/forwarded-headers.ts';
import { endExchange } from './answer.ts';
import { signedOut } from './authenticate.ts';
import type { Exchange } from './exchange.ts';
import type { ServiceProxy } from './proxy.ts';

export interface ForwardDeps {
	sign: SignIdentity;
}

/** The longest that a timer of node's can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A held answer ends with its token. */
function endWithToken(exchange: Exchange): void {
	const { session, hold } = exchange;
	if (!session || !hold?.held) return;
	const leftMs = Math.min(session.expiresAtMs - Date.now(), MAX_TIMER_MS);
	const timer = setTimeout(() => endExchange(exchange, signedOut()), leftMs);
	exchange.res.once('close', () => clearTimeout(timer));
}

/** Hands an exchange to a service, under an identity that the gateway signs. */
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
