import type { IncomingMessage } from 'node:http';
import { Server as TlsServer } from 'node:https';
import { promisify } from 'node:util';
import { unavailable } from '@creatorr/contracts/errors';
import { defineService, type ServiceContext } from '@creatorr/service/define-service';
import { createIdentitySigner } from '@creatorr/service/identity';
import { logFormatOf } from '@creatorr/service/logger';
import { gauge } from '@creatorr/service/metrics';
import { prettyLine } from '@creatorr/service/pretty-line';
import { closeServer } from '@creatorr/service/process';
import { defineMetrics } from '@creatorr/service/scrape';
import { createAnonymousAdmission } from './admission/admit-anonymous.ts';
import { createUserAdmission } from './admission/admit-user.ts';
import { createBodyBudget } from './admission/body-budget.ts';
import { createConnectQueue } from './admission/connect-queue.ts';
import { createNetworkPacer } from './admission/network-pacer.ts';
import { createRoundRobinQueue } from './admission/round-robin-queue.ts';
import { reportKeyUse } from './authentication/api-key-use.ts';
import { type AuthClient, createAuthClient } from './authentication/auth-client.ts';
import { createBootTimeClock } from './authentication/boot-time-clock.ts';
import type { Lease } from './authentication/lease.ts';
import { createLeaseRenewer, renewLease } from './authentication/lease-renewer.ts';
import { pushCredentialChangesRoute } from './authentication/push-credential-changes.ts';
import { refreshJwks } from './authentication/signing-key-set.ts';
import { type Config, certificateFilesOf, readConfig } from './config.ts';
import { type ConnectionLimit, createConnectionLimit } from './connections/connection-limit.ts';
import { fitToOpenFiles, readOpenFileLimit } from './connections/open-files.ts';
import {
	createPublicServer,
	listenPublic,
	type PublicServer,
	securityHeaders,
} from './connections/public-server.ts';
import { createPublicHandler, type Pacers } from './handle-request.ts';
import type { Limits } from './limit-settings.ts';
import { createQuotaClient } from './rate-limits/quota-client.ts';
import { createRateLimits } from './rate-limits/rate-limits.ts';
import { createAccessLog } from './requests/access-log.ts';
import { createInFlight, type InFlight } from './requests/in-flight.ts';
import { createProxies, createRoutes } from './routes.ts';
import { compileRoutes } from './routing/compile-routes.ts';
import { createCertificateReloader, readCertificate, reloadCertificate } from './tls/certificate.ts';
import { createWebApp, findNotFoundPage } from './web-app/web-app.ts';

/** Shared by the parts of the gateway. */
interface Shared {
	limits: Limits;
	authClient: AuthClient;
	inFlight: InFlight;
	bootTimeMs(): number;
	/** While true, readiness fails and responses close their connections. */
	drain: { isUnderWay: boolean };
}

const bootTimeMs = createBootTimeClock({ monotonicMs: () => performance.now(), wallMs: Date.now });

/** Creates the dependencies of the service. Throws if a certificate can't be used. */
function connect(context: ServiceContext<Config>) {
	const { config, logger } = context;
	const limits = fitToOpenFiles(config.limits, readOpenFileLimit(), logger);
	const inFlight = createInFlight();
	const authClient = createAuthClient({ config, limits, logger, bootTimeMs, inFlight });
	context.onClose(authClient.releaseLease);
	const drain = { isUnderWay: false };
	const publicServer = preparePublicPort(context, { limits, authClient, inFlight, bootTimeMs, drain });
	const certificateFiles = certificateFilesOf(config);
	return {
		...authClient,
		limits,
		inFlight,
		drain,
		publicServer,
		leaseRenewer: createLeaseRenewer({
			lease: authClient.lease,
			logger,
			renewalMs: limits.leaseRenewalMs,
			retryMs: limits.leaseRetryMs,
			wake: () => context.wake(renewLease),
		}),
		certificateReloader:
			certificateFiles && publicServer instanceof TlsServer
				? createCertificateReloader({ server: publicServer, files: certificateFiles, logger })
				: undefined,
	};
}

/** Opens the public port once the private port, which auth needs for revocations, is open. Closes it when the service drains. */
function preparePublicPort(context: ServiceContext<Config>, shared: Shared): PublicServer {
	const { config, logger } = context;
	const { limits, drain } = shared;
	const certificateFiles = certificateFilesOf(config);
	const certificate = certificateFiles && readCertificate(certificateFiles);
	const connections = createConnectionLimit({ limits, logger, trustedProxies: config.TRUSTED_PROXIES });
	const accessLog = openAccessLog(context);
	const handle = createPublicHandler({
		...createRouting(context, shared),
		tokenVerifier: shared.authClient.tokenVerifier,
		sessions: shared.authClient.sessions,
		apiKeyVerifier: shared.authClient.apiKeyVerifier,
		enqueueLookup: createRoundRobinQueue(limits.concurrentKeyLookups),
		reportFirstUse: shared.authClient.reportFirstUse,
		inFlight: shared.inFlight,
		connections,
		admitBody: createBodyBudget(limits),
		rateLimits: createPlanRateLimits(context, shared),
		admitUser: createUserAdmission(limits, shared.bootTimeMs),
		waitToConnect: createConnectQueue(limits),
		admitAnonymous: createAnonymousAdmission(limits),
		pacers: createPacers(shared),
		corsOrigins: new Set(config.CORS_ORIGINS),
		trustedProxies: config.TRUSTED_PROXIES,
		securityHeaders: securityHeaders({ isTls: certificate !== undefined }),
		accessLog,
		trustsTraceparent: config.TRUST_TRACEPARENT,
		logger,
		limits,
		isDraining: () => drain.isUnderWay,
	});
	const publicServer = createPublicServer({ limits, logger, connections, certificate }, handle);
	context.onListening(async () => {
		await listenPublic(publicServer, config.PUBLIC_HOST, config.PUBLIC_PORT);
		context.onDrain(() => drainPublicPort(publicServer, connections, shared));
	});
	return publicServer;
}

/** Creates the rate limits of plans, whose units come from auth. */
function createPlanRateLimits(
	{ logger }: ServiceContext<Config>,
	{ limits, authClient, bootTimeMs }: Shared,
) {
	const quota = createQuotaClient({
		call: authClient.allocateQuota,
		monotonicMs: bootTimeMs,
		retryMs: limits.quotaRetryMs,
		batchDelayMs: limits.quotaBatchDelayMs,
		logger,
	});
	return createRateLimits({ quota, capacity: limits.trackedUsers, monotonicMs: bootTimeMs });
}

function createPacers({ limits, bootTimeMs: monotonicMs }: Shared): Pacers {
	const common = { capacity: limits.trackedNetworks, monotonicMs };
	return {
		ownResponses: createNetworkPacer({
			name: 'own_responses',
			perSecond: limits.ownResponsesPerSecond,
			burst: limits.ownResponseBurst,
			...common,
		}),
		refusedTokens: createNetworkPacer({
			name: 'refused_tokens',
			perSecond: limits.refusedTokensPerSecond,
			burst: limits.refusedTokenBurst,
			...common,
		}),
		forgedTokens: createNetworkPacer({
			name: 'forged_tokens',
			perSecond: limits.forgedTokensPerSecond,
			burst: limits.forgedTokenBurst,
			...common,
		}),
	};
}

/** Routes paths to the services, the gateway itself, and the web app if there is one. */
function createRouting(
	{ config, logger, onClose }: ServiceContext<Config>,
	{ limits, authClient, bootTimeMs }: Shared,
) {
	const proxies = createProxies({ config, limits, logger });
	onClose(() => {
		for (const proxy of proxies.values()) proxy.close();
	});
	const webApp =
		config.WEB_DIR === undefined ? undefined : createWebApp(config.WEB_DIR, config.STORE_ORIGINS);
	const sign = createIdentitySigner('gateway', config.INTERNAL_PRIVATE_KEY);
	const apiRoutes = createRoutes({
		config,
		limits,
		sign,
		proxies,
		sessionVerificationProblem: authClient.sessionVerificationProblem,
		monotonicMs: bootTimeMs,
	});
	return {
		findRoute: compileRoutes([...apiRoutes, ...(webApp?.routes ?? [])]),
		findNotFoundPage: (req: IncomingMessage, path: string) => findNotFoundPage(webApp, req, path),
	};
}

/** Opens the access log, which formats its JSON itself, many lines at a time. */
function openAccessLog({ config, onClose }: ServiceContext<Config>) {
	const writeJson = (lines: string) => process.stdout.write(lines);
	const writePretty = (lines: string) => {
		for (const line of lines.trimEnd().split('\n')) process.stdout.write(`${prettyLine(JSON.parse(line))}\n`);
	};
	const accessLog = createAccessLog({
		enabled: config.LOG_LEVEL === 'info' || config.LOG_LEVEL === 'debug',
		write: logFormatOf(config) === 'json' ? writeJson : writePretty,
	});
	onClose(accessLog.flush);
	return accessLog;
}

/** Lets requests finish, cuts event streams at once, and ends long polls before the end of the drain. */
async function drainPublicPort(
	publicServer: PublicServer,
	connections: ConnectionLimit,
	{ limits, inFlight, drain }: Shared,
): Promise<void> {
	const restarting = () => unavailable('This gateway', new Error('draining'));
	drain.isUnderWay = true;
	inFlight.endStreams(restarting());
	connections.closeUnused();
	const timer = setTimeout(() => inFlight.endAll(restarting()), limits.drainLongPollsMs);
	await closeServer(publicServer, limits.drainMs);
	clearTimeout(timer);
}

const openConnections = gauge({
	name: 'creatorr_gateway_connections',
	help: 'Open client connections at the public port',
});
const requestsInFlight = gauge({
	name: 'creatorr_gateway_requests_in_flight',
	help: 'Unfinished authenticated requests, including long polls and event streams',
});
const leaseLeft = gauge({
	name: 'creatorr_gateway_lease_left_seconds',
	help: 'Remaining time of this gateway’s lease; 0 if it has none and rejects authenticated requests',
});

const gatewayMetrics = defineMetrics<
	{ publicServer: PublicServer; inFlight: Pick<InFlight, 'count'>; lease: Pick<Lease, 'remainingMs'> },
	number
>({
	name: 'gateway',
	gauges: [openConnections, requestsInFlight, leaseLeft],
	read: ({ publicServer }) => promisify(publicServer.getConnections.bind(publicServer))(),
	update(open, { inFlight, lease }) {
		openConnections.set(open);
		requestsInFlight.set(inFlight.count());
		leaseLeft.set(lease.remainingMs() / 1_000);
	},
});

export const gateway = defineService({
	name: 'gateway',
	readConfig,
	connect,
	checks: ({ sessionVerificationProblem, drain }) => ({
		'session-verification': async () => {
			const reason = sessionVerificationProblem();
			if (reason) throw new Error(reason);
		},
		drain: async () => {
			if (drain.isUnderWay) throw new Error('draining');
		},
	}),
	routes: [pushCredentialChangesRoute],
	metrics: [gatewayMetrics],
	tasks: [renewLease, refreshJwks, reloadCertificate, reportKeyUse],
	// Auth revokes sessions of requests that are still in progress.
	closesPortLast: true,
});
