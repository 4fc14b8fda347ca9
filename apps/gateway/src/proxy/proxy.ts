import {
	Agent,
	type ClientRequest,
	type IncomingHttpHeaders,
	type IncomingMessage,
	type ServerResponse,
} from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { Stream } from 'node:stream';
import { bodyLimitOf, bodyTooLarge } from '@creatorr/contracts/body-limit';
import { type AppError, unavailable } from '@creatorr/contracts/errors';
import type { ServiceName } from '@creatorr/contracts/operation';
import type { Logger } from '@creatorr/service/logger';
import { counter } from '@creatorr/service/metrics';
import { createProxyMiddleware, type Options } from 'http-proxy-middleware';
import type { Exchange, PublicRequest } from '../exchange.ts';
import { hasBody, isChunked } from '../requests/request-head.ts';
import { closeAfterResponse, endExchange, reasonOf, writeResponseHead } from '../requests/response.ts';
import { headersFromService } from './forwarded-headers.ts';
import { errorForInvalidResponse, isRetryable, relay } from './upstream-response.ts';

interface ProxyOptions {
	/** Service name for errors. */
	service: ServiceName;
	baseUrl: string;
	logger: Logger;
	/** The request fails after this time without a byte from the service. */
	silenceMs: number;
}

/** Streams requests to a service and its responses back. */
export interface ServiceProxy {
	/** `headers` are all headers that the service gets. */
	forward(exchange: Exchange, headers: IncomingHttpHeaders): void;
	/** Closes idle connections. */
	close(): void;
}

const upstreamFailures = counter({
	name: 'creatorr_gateway_upstream_failures_total',
	help: 'Requests that a service did not answer, or answered with an invalid response, by service',
	labels: ['service'],
});

function fail(options: ProxyOptions, exchange: Exchange, error: AppError): void {
	exchange.releaseConnectPermit?.();
	upstreamFailures.inc({ service: options.service });
	options.logger.warn('gateway.upstream_failed', {
		request_id: exchange.requestId,
		operation: exchange.operation?.id,
		upstream: options.service,
		reason: reasonOf(error),
	});
	endExchange(exchange, error);
}

/** Limits a chunked body. A Content-Length beyond the limit was refused before, and the parser enforces it. */
function limitChunkedBody(exchange: Exchange): void {
	const { req, operation } = exchange;
	if (!operation || !isChunked(req.headers)) return;
	const limitBytes = bodyLimitOf(operation);
	let receivedBytes = 0;
	req.on('data', (chunk: Buffer) => {
		receivedBytes += chunk.length;
		if (receivedBytes <= limitBytes) return;
		closeAfterResponse(exchange);
		endExchange(exchange, bodyTooLarge(limitBytes));
	});
}

/**
 * Releases the permit of a long poll or event stream once the service has accepted the connection: it was used before, or the service sends
 * something. 'connect' doesn't show it, because the kernel completes connections before the service accepts them.
 */
function releaseConnectPermitOnAccept(upstream: ClientRequest, { releaseConnectPermit }: Exchange): void {
	if (!releaseConnectPermit) return;
	if (upstream.reusedSocket) releaseConnectPermit();
	upstream.once('information', releaseConnectPermit);
	upstream.once('response', releaseConnectPermit);
}

/** Runs when the request to the service has a connection, before anything is written. */
function beginUpstream(options: ProxyOptions, upstream: ClientRequest, exchange: Exchange): void {
	exchange.upstream = upstream;
	if (exchange.respondedBy) {
		upstream.destroy();
		return;
	}
	releaseConnectPermitOnAccept(upstream, exchange);
	const { waitMs } = exchange.responseMode;
	const timeoutMs = options.silenceMs + waitMs;
	if (waitMs > 0) upstream.setTimeout(timeoutMs);
	upstream.on('timeout', () => {
		const cause = new Error(`upstream timeout: no data for ${timeoutMs / 1_000} s`);
		fail(options, exchange, unavailable(`The ${options.service} service`, cause, { slow: true }));
	});
	limitChunkedBody(exchange);
}

function handleUpstreamResponse(options: ProxyOptions, response: IncomingMessage, exchange: Exchange): void {
	if (exchange.respondedBy) {
		response.destroy();
		return;
	}
	const replacement = errorForInvalidResponse(options.service, response);
	if (replacement) {
		fail(options, exchange, replacement);
		return;
	}
	writeResponseHead(exchange, 'service', response.statusCode ?? 500, headersFromService(response.headers));
	relay(response, exchange);
}

/** Parses the URL once instead of for every request. */
function targetOf(baseUrl: string) {
	const { protocol, port, pathname, hostname } = new URL(baseUrl);
	return { protocol, port, pathname, hostname: hostname.replace(/^\[|\]$/g, '') };
}

/** Replaces an absent body: piping an empty request costs more than routing it. */
const NO_BODY = Object.assign(new Stream(), {
	pipe<T extends NodeJS.WritableStream>(destination: T): T {
		destination.end();
		return destination;
	},
});

/** Creates two http-proxy-middleware instances for a service: one for requests with a body and one for those without. */
function createMiddleware(
	options: ProxyOptions,
	agent: Agent,
	onError: (error: Error, req?: PublicRequest) => void,
): (exchange: Exchange) => void {
	const common: Options<PublicRequest, ServerResponse> = {
		target: targetOf(options.baseUrl),
		agent,
		// handleUpstreamResponse chooses the headers and writes the head at once.
		selfHandleResponse: true,
		// The default plugins log every request and send errors as plain text.
		ejectPlugins: true,
		plugins: [
			(server) => {
				server.on('proxyReq', (upstream, { exchange }) => {
					if (exchange) beginUpstream(options, upstream, exchange);
				});
				server.on('proxyRes', (response, { exchange }) => {
					if (exchange) handleUpstreamResponse(options, response, exchange);
				});
				server.on('error', onError);
			},
		],
	};
	const withBody = createProxyMiddleware(common);
	const withoutBody = createProxyMiddleware({ ...common, buffer: NO_BODY });
	return ({ req, res }) => {
		void (hasBody(req.headers) ? withBody(req, res) : withoutBody(req, res));
	};
}

/** Creates a proxy with keep-alive connections to one service. */
export function createProxy(options: ProxyOptions): ServiceProxy {
	const isTls = options.baseUrl.startsWith('https:');
	// Limits the time to connect, and closes idle connections well before the services do (65 s).
	const agentOptions = { keepAlive: true, timeout: options.silenceMs };
	const agent = isTls ? new TlsAgent(agentOptions) : new Agent(agentOptions);

	const pass = createMiddleware(options, agent, (error, req) => {
		const exchange = req?.exchange;
		if (!exchange || exchange.respondedBy === 'gateway' || exchange.res.destroyed) return;
		if (isRetryable(exchange, error)) {
			exchange.retried = true;
			pass(exchange);
		} else fail(options, exchange, unavailable(`The ${options.service} service`, error));
	});

	return {
		forward(exchange, headers) {
			const { req, res } = exchange;
			if (req.headers.expect !== undefined) res.writeContinue();
			exchange.forwarded = true;
			req.headers = headers;
			pass(exchange);
		},
		close: () => agent.destroy(),
	};
}
