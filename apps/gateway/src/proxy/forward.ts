import type { SignIdentity, User } from '@creatorr/service/identity';
import { traceparentOf } from '@creatorr/telemetry/traceparent';
import { credentialExpired } from '../authentication/authenticate.ts';
import type { Credential } from '../authentication/credential.ts';
import type { Exchange } from '../exchange.ts';
import { endExchange } from '../requests/response.ts';
import { isLongPollOrStream } from '../routing/response-mode.ts';
import { headersForService } from './forwarded-headers.ts';
import type { ServiceProxy } from './proxy.ts';

export interface ForwardDeps {
	sign: SignIdentity;
}

/** The longest delay of a Node timer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Ends a long poll or an event stream when its token or key expires. */
function endOnExpiry(exchange: Exchange): void {
	const { credential, responseMode } = exchange;
	if (!credential || !isLongPollOrStream(responseMode)) return;
	if (credential.expiresAtMs === Number.POSITIVE_INFINITY) return;
	const leftMs = Math.min(credential.expiresAtMs - Date.now(), MAX_TIMER_MS);
	const timer = setTimeout(() => endExchange(exchange, credentialExpired(credential)), leftMs);
	exchange.res.once('close', () => clearTimeout(timer));
}

/** Returns the user as services see them. */
function userOf(credential: Credential): User {
	const { userId: id } = credential;
	if (credential.kind === 'session') return { id, sessionId: credential.credentialId };
	return { id, key: { id: credential.keyId, tools: credential.tools } };
}

/** Forwards a request to a service, with an identity that the gateway signs. */
export function forward(deps: ForwardDeps, proxy: ServiceProxy, exchange: Exchange): void {
	const { req, credential, span } = exchange;
	const headers = headersForService(req.headers, {
		identity: deps.sign(credential && userOf(credential)),
		requestId: exchange.requestId,
		traceparent: span && traceparentOf(span.spanContext()),
		clientAddress: exchange.clientAddress,
	});
	proxy.forward(exchange, headers);
	endOnExpiry(exchange);
}
