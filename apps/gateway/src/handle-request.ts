import type { ServerResponse } from 'node:http';
import { AppError } from '@creatorr/contracts/errors';
import type { Operation } from '@creatorr/contracts/operation';
import { toAppError } from '@creatorr/service/error-rendering';
import type { Logger } from '@creatorr/service/logger';
import { observeRequest } from '@creatorr/service/metrics';
import { withSpan } from '@creatorr/telemetry/span';
import type { AdmitAnonymous } from './admission/admit-anonymous.ts';
import type { AdmitUser } from './admission/admit-user.ts';
import type { AdmitBody } from './admission/body-budget.ts';
import type { WaitToConnect } from './admission/connect-queue.ts';
import type { NetworkPacer } from './admission/network-pacer.ts';
import { type AuthenticateDeps, authenticate, credentialExpired } from './authentication/authenticate.ts';
import { checkScope } from './authentication/check-scope.ts';
import { clientAddress, type TrustedProxies } from './connections/client-address.ts';
import { type ConnectionLimit, shedRequest } from './connections/connection-limit.ts';
import { nextInPipeline, waitsInPipeline } from './connections/pipelining.ts';
import { refuseTinyChunks } from './connections/tiny-chunks.ts';
import { type Exchange, isEnded, openExchange, type PublicRequest } from './exchange.ts';
import type { Limits } from './limit-settings.ts';
import type { RateLimits } from './rate-limits/rate-limits.ts';
import type { AccessLog } from './requests/access-log.ts';
import { corsHeaders, preflightHeaders } from './requests/cors.ts';
import { beginExchangeSpan, endExchangeSpan } from './requests/exchange-span.ts';
import type { InFlight } from './requests/in-flight.ts';
import { rateLimited } from './requests/rate-limited.ts';
import { checkHead } from './requests/request-head.ts';
import { readTarget, type Target } from './requests/request-target.ts';
import { closeAfterResponse, reasonOf, sendError, sendNoContent } from './requests/response.ts';
import type { PublicRoute } from './routes.ts';
import type { FindRoute } from './routing/compile-routes.ts';
import { isLongPollOrStream, responseModeOf } from './routing/response-mode.ts';

/** Pacers of the gateway's own work for one network (limit-settings.ts). */
export interface Pacers {
	ownResponses: NetworkPacer;
	refusedTokens: NetworkPacer;
	forgedTokens: NetworkPacer;
}

export interface PublicDeps extends AuthenticateDeps {
	inFlight: InFlight;
	connections: Pick<ConnectionLimit, 'beginRequest' | 'endRequest' | 'isSaturated'>;
	admitBody: AdmitBody;
	rateLimits: RateLimits;
	admitUser: AdmitUser;
	waitToConnect: WaitToConnect;
	admitAnonymous: AdmitAnonymous;
	pacers: Pacers;
	findRoute: FindRoute<PublicRoute>;
	/** Returns the not-found page for a browser that opens an unknown path; undefined for other clients. */
	findNotFoundPage(req: PublicRequest, path: string): PublicRoute | undefined;
	corsOrigins: ReadonlySet<string>;
	trustedProxies: TrustedProxies;
	/** Headers of every response, as alternating names and values. */
	securityHeaders: readonly string[];
	accessLog: AccessLog;
	/** Reports the first successful use of the new key after a rotation, which starts the grace period of the old key. */
	reportFirstUse(exchange: Exchange): void;
	logger: Logger;
	limits: Pick<Limits, 'maxHeaderCount' | 'refusalDelayMs' | 'slowReaderMs'>;
	/** Whether to continue traces from clients’ traceparent headers. */
	trustsTraceparent: boolean;
	/** Whether to close connections after their response. */
	isDraining(): boolean;
}

function preflight(deps: PublicDeps, { headers, method = '' }: PublicRequest): string[] | undefined {
	const requestedMethod = headers['access-control-request-method'];
	return preflightHeaders(deps.corsOrigins, { method, origin: headers.origin, requestedMethod });
}

/** Runs a check of a head. A refused request ends its connection: a proxy may parse the bytes that follow differently. */
function closeAfterResponseOnError<T>(exchange: Exchange, check: () => T): T {
	try {
		return check();
	} catch (error) {
		closeAfterResponse(exchange);
		throw error;
	}
}

/** Checks the head and returns the target. Throws `validation` or `rate_limited`. */
function readHead({ limits }: PublicDeps, exchange: Exchange): Target {
	const { req } = exchange;
	// Node's parser takes the bytes after an upgrade request for the other protocol, and drops them.
	if (req.headers.upgrade !== undefined) closeAfterResponse(exchange);
	return closeAfterResponseOnError(exchange, () => {
		if (req.socket.connection?.isBeyondLimit) throw rateLimited('connections', 1);
		const target = readTarget(req.url ?? '');
		checkHead(req, limits);
		return target;
	});
}

/** Whether the request needs a session or an API key. With an optional session, an Authorization header is never ignored. */
function needsCredential({ access }: Operation, { headers }: PublicRequest): boolean {
	return access === 'user' || (access === 'optional-user' && headers.authorization !== undefined);
}

/**
 * Authenticates a request, counts it toward the rate limits of the plan, and admits its user. A request without the required scope doesn't
 * count, but its response has the rate limit headers.
 */
async function admitWithCredential(
	deps: PublicDeps,
	exchange: Exchange,
	operation: Operation,
): Promise<void> {
	await authenticate(deps, exchange);
	if (isEnded(exchange)) return;
	const loaded = deps.rateLimits.loadLimits(exchange);
	const planLimits = loaded instanceof Promise ? await loaded : loaded;
	if (isEnded(exchange)) return;
	checkScope(operation, exchange.credential);
	const consumed = planLimits.consume();
	if (consumed) await consumed;
	if (isEnded(exchange)) return;
	await deps.admitUser(exchange);
	if (isLongPollOrStream(exchange.responseMode)) await deps.waitToConnect(exchange);
	const { credential } = exchange;
	// The body may have arrived slowly, or the request waited for a permit.
	if (credential && credential.expiresAtMs <= Date.now()) throw credentialExpired(credential);
}

/** Admits a request without a credential: takes a permit if a service handles it, and paces it if the gateway itself does. */
async function admitWithoutCredential(deps: PublicDeps, exchange: Exchange): Promise<void> {
	if (deps.connections.isSaturated()) {
		closeAfterResponse(exchange);
		throw shedRequest();
	}
	if (exchange.operation?.service === 'gateway') await deps.pacers.ownResponses.wait(exchange);
	else await deps.admitAnonymous(exchange);
}

/** Returns the route of a request, or the not-found page for a browser. Throws `not_found` or `method_not_allowed`. */
function routeOf({ findRoute, findNotFoundPage }: PublicDeps, req: PublicRequest, path: string): PublicRoute {
	try {
		return findRoute(req.method ?? '', path);
	} catch (error) {
		if (!(error instanceof AppError) || error.code !== 'not_found') throw error;
		const page = findNotFoundPage(req, path);
		if (page) return page;
		// A cache must not show this response to a browser. Below /v1 every client gets it.
		if (!path.startsWith('/v1/')) error.headers.Vary = 'Accept';
		throw error;
	}
}

/** Checks the head and target of a request, routes it, admits its body, authenticates and admits its user, and serves it. */
async function serve(deps: PublicDeps, exchange: Exchange): Promise<void> {
	const { req } = exchange;
	const target = readHead(deps, exchange);
	const preflightResponse = preflight(deps, req);
	if (preflightResponse) {
		await deps.pacers.ownResponses.wait(exchange);
		if (!isEnded(exchange)) sendNoContent(exchange, preflightResponse);
		return;
	}
	const route = routeOf(deps, req, target.path);
	exchange.operation = route.operation;
	closeAfterResponseOnError(exchange, () => deps.admitBody(exchange, route.operation));
	exchange.responseMode = responseModeOf(route.operation, target.query);
	if (needsCredential(route.operation, req)) await admitWithCredential(deps, exchange, route.operation);
	else await admitWithoutCredential(deps, exchange);
	if (isEnded(exchange)) return;
	await route.serve(exchange);
}

/** Resolves when the error may be sent. The pacers limit the errors that one network can cause over all its connections. */
function paceError(
	error: AppError,
	{ pacers, limits }: PublicDeps,
	exchange: Exchange,
): undefined | Promise<void> {
	if (error.code === 'unauthorized') return pacers.refusedTokens.wait(exchange);
	return pacers.ownResponses.wait(exchange, error.code === 'rate_limited' ? limits.refusalDelayMs : 0);
}

async function sendThrown(deps: PublicDeps, exchange: Exchange, thrown: unknown): Promise<void> {
	const error = toAppError(thrown);
	const fields = { request_id: exchange.requestId, operation: exchange.operation?.id };
	if (error.code === 'internal') deps.logger.error('http.error', { ...fields, error: error.cause });
	if (error.code === 'upstream_unavailable')
		deps.logger.warn('http.unavailable', { ...fields, reason: reasonOf(error) });
	await paceError(error, deps, exchange);
	sendError(exchange, error);
}

function observeExchange({ operation, res, startedAtMs }: Exchange): void {
	observeRequest({
		operation: operation?.id ?? 'none',
		status: res.writableFinished ? res.statusCode : undefined,
		durationMs: performance.now() - startedAtMs,
	});
}

/** Handles every public request. It always sends a response, and turns every exception into an error of the contract. */
export function createPublicHandler(deps: PublicDeps): (req: PublicRequest, res: ServerResponse) => void {
	function start(req: PublicRequest, res: ServerResponse): void {
		const headers = [...deps.securityHeaders, ...corsHeaders(deps.corsOrigins, req.headers.origin)];
		const exchange = openExchange(req, res, {
			headers,
			isDraining: deps.isDraining,
			slowReaderMs: deps.limits.slowReaderMs,
			clientAddress: clientAddress(
				req.socket.remoteAddress,
				req.headers['x-forwarded-for'],
				deps.trustedProxies,
			),
		});
		exchange.onHead = () => deps.reportFirstUse(exchange);
		deps.connections.beginRequest(req.socket);
		// A single listener, because each one costs as much as routing.
		res.on('close', () => {
			clearTimeout(exchange.slowReaderTimer);
			deps.inFlight.remove(exchange);
			// It opened no connection.
			if (!exchange.forwarded) exchange.releaseConnectPermit?.();
			deps.connections.endRequest(req.socket);
			deps.accessLog.add(exchange);
			observeExchange(exchange);
			endExchangeSpan(exchange);
			const next = nextInPipeline(req.socket, res);
			if (next) start(next.req, next);
		});
		const begin = () => {
			serve(deps, exchange).catch((thrown: unknown) => sendThrown(deps, exchange, thrown));
		};
		exchange.span = beginExchangeSpan(req, exchange.requestId, deps.trustsTraceparent);
		if (exchange.span) withSpan(exchange.span, begin);
		else begin();
	}
	return (req, res) => {
		if (req.socket.isClosing) return;
		refuseTinyChunks(req);
		if (waitsInPipeline(req, res)) return;
		start(req, res);
	};
}
