import { describeErrors } from '@creatorr/contracts/error-catalog';
import { getHealth, getOpenApi, listErrors } from '@creatorr/contracts/meta';
import { openApiDocument } from '@creatorr/contracts/openapi';
import type { Operation, ServiceName } from '@creatorr/contracts/operation';
import { PUBLIC_OPERATIONS } from '@creatorr/contracts/operations';
import { docsUrlOf } from '@creatorr/service/error-docs';
import type { SignIdentity } from '@creatorr/service/identity';
import type { Logger } from '@creatorr/service/logger';
import type { Config } from './config.ts';
import type { Exchange } from './exchange.ts';
import { createGetHealth } from './health/health.ts';
import type { Limits } from './limit-settings.ts';
import { forward } from './proxy/forward.ts';
import { createProxy, type ServiceProxy } from './proxy/proxy.ts';
import { sendJson } from './requests/response.ts';

/** An operation with its handler. */
export interface PublicRoute {
	operation: Operation;
	serve(exchange: Exchange): void | Promise<void>;
}

function upstreamUrls(config: Config) {
	const {
		AUTH_URL: auth,
		FILES_URL: files,
		JOBS_URL: jobs,
		BILLING_URL: billing,
		WEBHOOKS_URL: webhooks,
	} = config;
	return { auth, files, jobs, billing, webhooks };
}

/** Creates a proxy for each service, by its name. */
export function createProxies({
	config,
	limits,
	logger,
}: {
	config: Config;
	limits: Pick<Limits, 'upstreamSilenceMs'>;
	logger: Logger;
}): Map<ServiceName, ServiceProxy> {
	const { upstreamSilenceMs: silenceMs } = limits;
	return new Map(
		Object.entries(upstreamUrls(config)).map(([name, baseUrl]) => {
			const service = name as ServiceName;
			return [service, createProxy({ service, baseUrl, logger, silenceMs })];
		}),
	);
}

interface RouteOptions {
	config: Config;
	limits: Pick<Limits, 'healthCallMs' | 'healthCacheMs'>;
	sign: SignIdentity;
	proxies: Map<ServiceName, ServiceProxy>;
	/** Returns why authenticated requests can't be served, or undefined if they can. */
	sessionVerificationProblem(): string | undefined;
	monotonicMs(): number;
}

/** Routes every operation of the contract to a service or to the gateway itself. Throws if an operation has no handler. */
export function createRoutes(options: RouteOptions): PublicRoute[] {
	const gatewayHandlers = new Map<string, PublicRoute['serve']>([
		[getOpenApi.id, serveFixed(openApiDocument())],
		[listErrors.id, serveFixed({ data: describeErrors(docsUrlOf) })],
		[getHealth.id, createGetHealth({ ...options, services: upstreamUrls(options.config) })],
	]);
	return PUBLIC_OPERATIONS.map((operation): PublicRoute => {
		const serve = gatewayHandlers.get(operation.id);
		if (serve) return { operation, serve };
		const proxy = options.proxies.get(operation.service);
		if (!proxy) throw new Error(`no service implements ${operation.id}`);
		const { sign } = options;
		return { operation, serve: (exchange) => forward({ sign }, proxy, exchange) };
	});
}

/** Returns a handler that always sends the same document, which is rendered once. */
function serveFixed(document: object): PublicRoute['serve'] {
	const json = Buffer.from(JSON.stringify(document));
	return (exchange) => sendJson(exchange, 200, json);
}
