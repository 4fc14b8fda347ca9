import type { RequestListener, Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import { unavailable } from '@creatorr/contracts/errors';
import { checkSession, getJwks, leaseGateway, releaseLease } from '@creatorr/contracts/internal';
import { getHealth, getOpenApi } from '@creatorr/contracts/meta';
import type { ServiceName } from '@creatorr/contracts/operation';
import { PUBLIC_OPERATIONS } from '@creatorr/contracts/operations';
import { withRequestId } from '@creatorr/service/context';
import { createService } from '@creatorr/service/create-service';
import { createIdentitySigner, createIdentityVerifier, type SignIdentity } from '@creatorr/service/identity';
import { createInternalClient } from '@creatorr/service/internal-client';
import { type Logger, logFormatOf } from '@creatorr/service/logger';
import { prettyLine } from '@creatorr/service/pretty-line';
import { type Config, certificateFilesOf } from './config.ts';
import { createElapsedClock } from './domain/elapsed-clock.ts';
import { createKeySet, type KeySet } from './domain/key-set.ts';
import { createLease, type Lease } from './domain/lease.ts';
import { createLiveSessions } from './domain/live-sessions.ts';
import { compileRoutes } from './domain/routing.ts';
import { createTokenVerifier } from './domain/verify-token.ts';
import { type AccessLog, createAccessLog } from './http/access-log.ts';
import { createAnonymousAdmission } from './http/admit-anonymous.ts';
import { createUserAdmission } from './http/admit-user.ts';
import { createBodyBudget } from './http/body-budget.ts';
import { readCertificate } from './http/certificate.ts';
import { type ConnectionLimit, createConnectionLimit } from './http/connection-limit.ts';
import { forward } from './http/forward.ts';
import { createPublicHandler, type PublicRoute } from './http/handle-public.ts';
import { createInFlight, type InFlight } from './http/in-flight.ts';
import { createProxy, type ServiceProxy } from './http/proxy.ts';
import { createPublicServer, hardeningHeaders } from './http/public-server.ts';
import { createWebApp, findNotFoundPage } from './http/web-app.ts';
import type { Limits } from './limits.ts';
import { createGetHealth } from './routes/get-health.ts';
import { createGetOpenApi } from './routes/get-openapi.ts';
import { pushRevocationsRoute } from './routes/push-revocations.ts';

/** All that the gateway is made of, not yet listening. */
export interface Gateway {
	publicServer: Server | TlsServer;
	privateApp: RequestListener;
	lease: Lease;
	/** Ends the lease here, and then at auth, so that no logout waits for it. What fails runs out by itself. */
	releaseLease(): Promise<void>;
	keys: KeySet;
	inFlight: InFlight;
	connections: ConnectionLimit;
	accessLog: AccessLog;
	/** Shared with readiness. */
	state: { isDraining: boolean };
	closeConnections(): void;
}

interface Given {
	config: Config;
	logger: Logger;
	limits: Limits;
	sign: SignIdentity;
}

const monotonicMs = createElapsedClock({ monotonicMs: () => performance.now(), wallMs: Date.now });

function upstreamUrls(config: Config) {
	const { AUTH_URL: auth, FILES_URL: files, JOBS_URL: jobs, BILLING_URL: billing } = config;
	return { auth, files, jobs, billing };
}

function createProxies({ config, logger, limits }: Given): Map<ServiceName, ServiceProxy> {
	const { upstreamSilenceMs: silenceMs, answerMs } = limits;
	return new Map(
		Object.entries(upstreamUrls(config)).map(([name, baseUrl]) => {
			const service = name as ServiceName;
			return [service, createProxy({ service, baseUrl, logger, silenceMs, answerMs })];
		}),
	);
}

/** What asks auth: the keys of tokens, the lease, and whether sessions are alive. */
function createSignIn({ config, logger, limits, sign }: Given, inFlight: InFlight) {
	const control = { name: 'sign-in', baseUrl: config.AUTH_CONTROL_URL, sign };
	const callAuth = createInternalClient({ ...control, timeoutMs: limits.authCallMs });
	const callLease = createInternalClient({ ...control, timeoutMs: limits.leaseCallMs });
	const callRelease = createInternalClient({ ...control, timeoutMs: limits.leaseReleaseMs });
	const keys = createKeySet({
		load: () => callAuth(getJwks),
		monotonicMs,
		minIntervalMs: limits.keyRefreshMinMs,
		onRemoved() {
			logger.warn('gateway.key_removed');
			inFlight.endAll(unavailable('sign-in', new Error('a key of tokens was removed')));
		},
	});
	const lease = createLease({
		async ask(id) {
			const body = { callback_url: config.PRIVATE_URL };
			const { data } = await callLease(leaseGateway, { params: { id }, body });
			// No lease without the keys of the day: one that was retired ends here with the lease at the latest.
			if (data.granted && data.key_ids && !keys.holdsJust(data.key_ids)) await keys.refresh();
			return data;
		},
		monotonicMs,
		marginMs: limits.leaseMarginMs,
		onEnd(reason) {
			logger.warn('gateway.lease_ended', { reason });
			inFlight.endAll(unavailable('sign-in', new Error('the lease has ended')));
		},
	});
	const sessions = createLiveSessions({
		lease,
		async ask(session_id, requestId) {
			const answer = await withRequestId(requestId, () => callAuth(checkSession, { body: { session_id } }));
			return answer.data.alive;
		},
		monotonicMs,
		recheckMs: limits.sessionRecheckMs,
		capacity: limits.rememberedSessions,
	});
	const verifyToken = createTokenVerifier({ keys, capacity: limits.rememberedTokens });
	return {
		keys,
		lease,
		sessions,
		verifyToken,
		/** Why signed-in requests can't be served now; undefined when they can. */
		problem(): string | undefined {
			if (!keys.isLoaded()) return 'no keys from auth yet';
			return lease.isValid() ? undefined : 'no lease from auth';
		},
		async releaseLease() {
			const id = lease.term().instanceId;
			lease.close();
			await callRelease(releaseLease, { params: { id } }).catch((error: unknown) => {
				logger.warn('gateway.lease_not_released', { error });
			});
		},
	};
}

/** Throws when an operation of the contract has nobody to serve it. */
function createRoutes(
	{ config, limits, sign }: Given,
	proxies: Map<ServiceName, ServiceProxy>,
	signInProblem: () => string | undefined,
): PublicRoute[] {
	const own = new Map<string, PublicRoute['serve']>([
		[getOpenApi.id, createGetOpenApi()],
		[
			getHealth.id,
			createGetHealth({
				services: upstreamUrls(config),
				signInProblem,
				callMs: limits.healthCallMs,
				cacheMs: limits.healthCacheMs,
				monotonicMs,
			}),
		],
	]);
	return PUBLIC_OPERATIONS.map((operation): PublicRoute => {
		const serve = own.get(operation.id);
		if (serve) return { operation, serve };
		const proxy = proxies.get(operation.service);
		if (!proxy) throw new Error(`nobody serves ${operation.id}`);
		return { operation, serve: (exchange) => forward({ sign }, proxy, exchange) };
	});
}

/** The access log makes its own JSON, many lines at a time. */
function writerOf(config: Config): (lines: string) => void {
	if (logFormatOf(config) === 'json') return (lines) => process.stdout.write(lines);
	return (lines) => {
		for (const line of lines.trimEnd().split('\n')) process.stdout.write(`${prettyLine(JSON.parse(line))}\n`);
	};
}

/** The composition root. Throws where a certificate is named that can't be used. */
export function createGateway(config: Config, logger: Logger, limits: Limits): Gateway {
	const sign = createIdentitySigner('gateway', config.INTERNAL_PRIVATE_KEY);
	const given: Given = { config, logger, limits, sign };
	const state = { isDraining: false };
	const inFlight = createInFlight();
	const signIn = createSignIn(given, inFlight);
	const { keys, lease, sessions, verifyToken } = signIn;
	const proxies = createProxies(given);
	const accessLog = createAccessLog({
		enabled: config.LOG_LEVEL === 'info' || config.LOG_LEVEL === 'debug',
		write: writerOf(config),
	});
	const certificateFiles = certificateFilesOf(config);
	const certificate = certificateFiles && readCertificate(certificateFiles);
	const webApp =
		config.WEB_DIR === undefined ? undefined : createWebApp(config.WEB_DIR, config.STORE_ORIGINS);
	const connections = createConnectionLimit({ limits, logger, trustedProxies: config.TRUSTED_PROXIES });
	const handle = createPublicHandler({
		verifyToken,
		sessions,
		inFlight,
		connections,
		admitBody: createBodyBudget(limits),
		admitUser: createUserAdmission(limits, monotonicMs),
		admitAnonymous: createAnonymousAdmission(limits),
		findRoute: compileRoutes([...createRoutes(given, proxies, signIn.problem), ...(webApp?.routes ?? [])]),
		findNotFoundPage: (req, path) => findNotFoundPage(webApp, req, path),
		corsOrigins: new Set(config.CORS_ORIGINS),
		trustedProxies: config.TRUSTED_PROXIES,
		hardeningHeaders: hardeningHeaders({ isTls: certificate !== undefined }),
		accessLog,
		trustsTraceparent: config.TRUST_TRACEPARENT,
		logger,
		limits,
		isDraining: () => state.isDraining,
	});
	const privateApp = createService({
		logger,
		verifyIdentity: createIdentityVerifier(config.INTERNAL_KEYS),
		routes: [pushRevocationsRoute({ lease, sessions, inFlight })],
		checks: {
			'sign-in': async () => {
				const problem = signIn.problem();
				if (problem) throw new Error(problem);
			},
			drain: async () => {
				if (state.isDraining) throw new Error('draining');
			},
		},
	});
	return {
		publicServer: createPublicServer({ limits, logger, connections, certificate }, handle),
		privateApp,
		lease,
		releaseLease: signIn.releaseLease,
		keys,
		inFlight,
		connections,
		accessLog,
		state,
		closeConnections: () => {
			for (const proxy of proxies.values()) proxy.close();
		},
	};
}
