import type { ServerResponse } from 'node:http';
import { AppError } from '@creatorr/contracts/errors';
import type { Operation } from '@creatorr/contracts/operation';
import { toAppError } from '@creatorr/service/error-rendering';
import type { Logger } from '@creatorr/service/logger';
import { observeRequest } from '@creatorr/service/metrics';
import { within } from '@creatorr/telemetry/span';
import { clientAddress, type TrustedProxies } from '../domain/client-address.ts';
import { corsHeaders, preflightHeaders } from '../domain/cors.ts';
import { holdOf } from '../domain/hold.ts';
import { reasonOf } from '../domain/reason-of.ts';
import { checkHead } from '../domain/request-head.ts';
import type { FindRoute } from '../domain/routing.ts';
import { readTarget, type Target } from '../domain/target.ts';
import { countShedRequest } from '../gateway-metrics.ts';
import type { Limits } from '../limits.ts';
import type { AccessLog } from './access-log.ts';
import type { AdmitAnonymous } from './admit-anonymous.ts';
import type { AdmitUser } from './admit-user.ts';
import { answerEmpty, answerError, endConnection } from './answer.ts';
import { type AuthenticateDeps, authenticate } from './authenticate.ts';
import type { AdmitBody } from './body-budget.ts';
import { type ConnectionLimit, crowded } from './connection-limit.ts';
import { type Exchange, openExchange, type PublicRequest } from './exchange.ts';
import { beginExchangeSpan, endExchangeSpan } from './exchange-span.ts';
import type { InFlight } from './in-flight.ts';
import { nextInPipeline, waitsInPipeline } from './pipelining.ts';

/** An operation with what serves it. */
export interface PublicRoute {
	operation: Operation;
	serve(exchange: Exchange): void | Promise<void>;
}

export interface PublicDeps extends AuthenticateDeps {
	inFlight: InFlight;
	connections: Pick<ConnectionLimit, 'beginRequest' | 'endRequest' | 'isCrowded'>;
	admitBody: AdmitBody;
	admitUser: AdmitUser;
	admitAnonymous: AdmitAnonymous;
	findRoute: FindRoute<PublicRoute>;
	/** What serves a browser that opens a path which is no page; undefined for everybody else. */
	findNotFoundPage(req: PublicRequest, path: string): PublicRoute | undefined;
	corsOrigins: ReadonlySet<string>;
	trustedProxies: TrustedProxies;
	/** On every answer, as names and values in turn. */
	hardeningHeaders: readonly string[];
	accessLog: AccessLog;
	logger: Logger;
	limits: Pick<Limits, 'headerCount'>;
	/** Whether a client’s traceparent is gone on with. */
	trustsTraceparent: boolean;
	/** While it is true, connections are closed after their answer. */
	isDraining(): boolean;
}

function preflight(deps: PublicDeps, { headers, method = '' }: PublicRequest): string[] | undefined {
	const requestedMethod = headers['access-control-request-method'];
	return preflightHeaders(deps.corsOrigins, { method, origin: headers.origin, requestedMethod });
}

/** While its user was being known, it was ended from outside or its client left. */
function isOver({ answeredBy, res }: Exchange): boolean {
	return answeredBy !== undefined || res.destroyed;
}

function tooManyConnections(): AppError {
	return new AppError('rate_limited', 'too many connections from this address; close some and try again', {
		retryAfterSeconds: 1,
	});
}

/** Runs a check of a head. A request that it refuses ends its connection: what follows may be read differently by a proxy on its way. */
function checkedOrLast<T>(exchange: Exchange, check: () => T): T {
	try {
		return check();
	} catch (error) {
		endConnection(exchange);
		throw error;
	}
}

/** What a request asks for. Throws `validation` or `rate_limited`. */
function readHead({ limits }: PublicDeps, exchange: Exchange): Target {
	const { req } = exchange;
	// Node's parser takes what follows for the other protocol, though it is served in this one, and drops it.
	if (req.headers.upgrade !== undefined) endConnection(exchange);
	return checkedOrLast(exchange, () => {
		if (req.socket.connection?.isBeyondLimit) throw tooManyConnections();
		const target = readTarget(req.url ?? '');
		checkHead(req, limits);
		return target;
	});
}

/** Where a session is optional, whoever sends an Authorization header has to have one: a token is never ignored. */
function needsSession({ access }: Operation, { headers }: PublicRequest): boolean {
	return access === 'user' || (access === 'optional-user' && headers.authorization !== undefined);
}

/** A request whose token is refused counts as one without a session: a bad token must not be a way around that limit. */
async function authenticateOrCount(deps: PublicDeps, exchange: Exchange): Promise<void> {
	try {
		await authenticate(deps, exchange);
	} catch (error) {
		if (error instanceof AppError && error.code === 'unauthorized') await deps.admitAnonymous(exchange);
		throw error;
	}
}

/** Throws `not_found`, unless a browser is shown the not-found page instead, or `method_not_allowed`. */
function routeOf({ findRoute, findNotFoundPage }: PublicDeps, req: PublicRequest, path: string): PublicRoute {
	try {
		return findRoute(req.method ?? '', path);
	} catch (error) {
		if (!(error instanceof AppError) || error.code !== 'not_found') throw error;
		const page = findNotFoundPage(req, path);
		if (page) return page;
		// A cache must not show this answer to a browser; below /v1 every client gets it.
		if (!path.startsWith('/v1/')) error.headers.Vary = 'Accept';
		throw error;
	}
}

/** The way of a request: its head and target are checked, it is routed, its body admitted, its user is known, it is served. */
async function serve(deps: PublicDeps, exchange: Exchange): Promise<void> {
	const { req } = exchange;
	const target = readHead(deps, exchange);
	const preflightAnswer = preflight(deps, req);
	if (preflightAnswer) {
		answerEmpty(exchange, preflightAnswer);
		return;
	}
	const route = routeOf(deps, req, target.path);
	exchange.operation = route.operation;
	checkedOrLast(exchange, () => deps.admitBody(exchange, route.operation));
	exchange.hold = holdOf(route.operation, target.query);
	if (needsSession(route.operation, req)) {
		await authenticateOrCount(deps, exchange);
		if (isOver(exchange)) return;
		const admission = deps.admitUser(exchange);
		if (admission) await admission;
	} else {
		if (deps.connections.isCrowded()) {
			endConnection(exchange);
			countShedRequest();
			throw crowded();
		}
		const admission = deps.admitAnonymous(exchange);
		if (admission) await admission;
	}
	if (isOver(exchange)) return;
	await route.serve(exchange);
}

function answerThrown(deps: PublicDeps, exchange: Exchange, thrown: unknown): void {
	const error = toAppError(thrown);
	const fields = { request_id: exchange.requestId, operation: exchange.operation?.id };
	if (error.code === 'internal') deps.logger.error('http.error', { ...fields, error: error.cause });
	if (error.code === 'upstream_unavailable')
		deps.logger.warn('http.unavailable', { ...fields, reason: reasonOf(error) });
	answerError(exchange, error);
}

function count({ operation, res, startedAtMs }: Exchange): void {
	observeRequest({
		operation: operation?.id ?? 'none',
		status: res.writableFinished ? res.statusCode : undefined,
		durationMs: performance.now() - startedAtMs,
	});
}

/** What every public request meets. It answers always, and whatever is thrown becomes an error of the contract. */
export function createPublicHandler(deps: PublicDeps): (req: PublicRequest, res: ServerResponse) => void {
	function start(req: PublicRequest, res: ServerResponse): void {
		const headers = [...deps.hardeningHeaders, ...corsHeaders(deps.corsOrigins, req.headers.origin)];
		const exchange = openExchange(req, res, {
			headers,
			isDraining: deps.isDraining,
			clientAddress: clientAddress(
				req.socket.remoteAddress,
				req.headers['x-forwarded-for'],
				deps.trustedProxies,
			),
		});
		deps.connections.beginRequest(req.socket);
		// One listener for all that is to be done: each costs as much as finding the route.
		res.on('close', () => {
			deps.inFlight.remove(exchange);
			deps.connections.endRequest(req.socket);
			deps.accessLog.add(exchange);
			count(exchange);
			endExchangeSpan(exchange);
			const next = nextInPipeline(req.socket, res);
			if (next) start(next.req, next);
		});
		const begin = () => {
			serve(deps, exchange).catch((thrown: unknown) => answerThrown(deps, exchange, thrown));
		};
		exchange.span = beginExchangeSpan(req, exchange.requestId, deps.trustsTraceparent);
		if (exchange.span) within(exchange.span, begin);
		else begin();
	}
	return (req, res) => {
		if (req.socket.isOver || waitsInPipeline(req, res)) return;
		start(req, res);
	};
}
