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
import { createProxyMiddleware, type Options } from 'http-proxy-middleware';
import { headersFromService } from '../domain/forwarded-headers.ts';
import { reasonOf } from '../domain/reason-of.ts';
import { hasBody, isChunked } from '../domain/request-head.ts';
import { countUpstreamFailure } from '../gateway-metrics.ts';
import { beginAnswer, endConnection, endExchange } from './answer.ts';
import type { Exchange, PublicRequest } from './exchange.ts';
import { relay } from './relay.ts';
import { isWorthARetry, replacementFor } from './upstream-failure.ts';

interface ProxyOptions {
	/** Named in errors. */
	service: ServiceName;
	baseUrl: string;
	logger: Logger;
	/** A service that says nothing for so long is given up. */
	silenceMs: number;
	/** A client that takes longer for a long answer is given up. */
	answerMs: number;
}

/** Hands exchanges to a service and its answers back, streaming both. */
export interface ServiceProxy {
	/** `headers` are all that the service gets. */
	forward(exchange: Exchange, headers: IncomingHttpHeaders): void;
	/** Closes idle connections. */
	close(): void;
}

function fail(options: ProxyOptions, exchange: Exchange, error: AppError): void {
	countUpstreamFailure(options.service);
	options.logger.warn('gateway.upstream_failed', {
		request_id: exchange.requestId,
		operation: exchange.operation?.id,
		upstream: options.service,
		reason: reasonOf(error),
	});
	endExchange(exchange, error);
}

/** Counts a chunked body. One with Content-Length was refused before, or the parser ends it there. */
function limitChunkedBody(exchange: Exchange): void {
	const { req, operation } = exchange;
	if (!operation || !isChunked(req.headers)) return;
	const limitBytes = bodyLimitOf(operation);
	let countBytes = 0;
	req.on('data', (chunk: Buffer) => {
		countBytes += chunk.length;
		if (countBytes <= limitBytes) return;
		endConnection(exchange);
		endExchange(exchange, bodyTooLarge(limitBytes));
	});
}

/** Called when the request to the service has its connection and before anything is written to it. */
function beginUpstream(options: ProxyOptions, upstream: ClientRequest, exchange: Exchange): void {
	exchange.upstream = upstream;
	if (exchange.answeredBy) {
		upstream.destroy();
		return;
	}
	const holdMs = exchange.hold?.holdMs ?? 0;
	if (holdMs > 0) upstream.setTimeout(options.silenceMs + holdMs);
	upstream.on('timeout', () => {
		const cause = new Error('silent for too long');
		fail(options, exchange, unavailable(options.service, cause, { slow: true }));
	});
	limitChunkedBody(exchange);
}

function takeAnswer(options: ProxyOptions, answer: IncomingMessage, exchange: Exchange): void {
	if (exchange.answeredBy) {
		answer.destroy();
		return;
	}
	const replacement = replacementFor(options.service, answer);
	if (replacement) {
		fail(options, exchange, replacement);
		return;
	}
	beginAnswer(exchange, 'service', answer.statusCode ?? 500, headersFromService(answer.headers));
	relay(answer, exchange.res, exchange.hold?.held === 'stream' ? undefined : options.answerMs);
}

/** Parsed once, where a URL would be taken apart at every request. */
function targetOf(baseUrl: string) {
	const { protocol, port, pathname, hostname } = new URL(baseUrl);
	return { protocol, port, pathname, hostname: hostname.replace(/^\[|\]$/g, '') };
}

/** In place of a body that is not there: piping the request to find that out costs more than finding the route. */
const NO_BODY = Object.assign(new Stream(), {
	pipe<T extends NodeJS.WritableStream>(destination: T): T {
		destination.end();
		return destination;
	},
});

/** http-proxy-middleware, one for requests with a body and one for those without, to the same service. */
function createMiddleware(
	options: ProxyOptions,
	agent: Agent,
	onError: (error: Error, req?: PublicRequest) => void,
): (exchange: Exchange) => void {
	const common: Options<PublicRequest, ServerResponse> = {
		target: targetOf(options.baseUrl),
		agent,
		// Headers are picked, and the head is written in one go, in takeAnswer.
		selfHandleResponse: true,
		// The default ones log every request and answer errors in plain text.
		ejectPlugins: true,
		plugins: [
			(server) => {
				server.on('proxyReq', (upstream, { exchange }) => {
					if (exchange) beginUpstream(options, upstream, exchange);
				});
				server.on('proxyRes', (answer, { exchange }) => {
					if (exchange) takeAnswer(options, answer, exchange);
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

/** Keep-alive connections to one service. */
export function createProxy(options: ProxyOptions): ServiceProxy {
	const isTls = options.baseUrl.startsWith('https:');
	// Covers connecting, and closes idle connections well before the services do (65 s).
	const agentOptions = { keepAlive: true, timeout: options.silenceMs };
	const agent = isTls ? new TlsAgent(agentOptions) : new Agent(agentOptions);

	const pass = createMiddleware(options, agent, (error, req) => {
		const exchange = req?.exchange;
		if (!exchange || exchange.answeredBy === 'gateway' || exchange.res.destroyed) return;
		if (isWorthARetry(exchange, error)) {
			exchange.retried = true;
			pass(exchange);
		} else fail(options, exchange, unavailable(options.service, error));
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
