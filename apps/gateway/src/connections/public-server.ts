import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Logger } from '@creatorr/service/logger';
import type { PublicSocket } from '../exchange.ts';
import type { Limits } from '../limit-settings.ts';
import type { Certificate } from '../tls/certificate.ts';
import { onClientError, refuseSocket } from './client-error.ts';
import type { ConnectionLimit } from './connection-limit.ts';

/**
 * Headers of every response, as alternating names and values. Responses contain tokens and presigned URLs, so nothing may be cached;
 * and no browser may sniff a response as a page.
 */
const HARDENING_HEADERS = [
	...['X-Content-Type-Options', 'nosniff'],
	...['Cache-Control', 'no-store'],
	...['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
	...['Cross-Origin-Resource-Policy', 'same-origin'],
	...['Referrer-Policy', 'no-referrer'],
];

/**
 * Browsers use only HTTPS for a year after the first response over TLS. Without `includeSubDomains`, because other hosts of the domain may
 * not have TLS.
 */
const STRICT_TRANSPORT = ['Strict-Transport-Security', 'max-age=31536000'];

/** Returns {@link HARDENING_HEADERS} and, over TLS, HSTS. */
export function securityHeaders({ isTls }: { isTls: boolean }): string[] {
	return isTls ? [...HARDENING_HEADERS, ...STRICT_TRANSPORT] : HARDENING_HEADERS;
}

/** How often Node checks for requests that take too long to arrive. */
const CHECK_INTERVAL_MS = 1_000;

interface PublicServerOptions {
	limits: Limits;
	connections: Pick<ConnectionLimit, 'attach'>;
	/** Without a certificate, the server speaks plain HTTP. */
	certificate: Certificate | undefined;
	logger: Logger;
}

export type PublicServer = Server | TlsServer;

/** Creates the public server with the gateway's limits. Requests that Node itself refuses get error responses of the contract. */
export function createPublicServer(options: PublicServerOptions, handle: RequestListener): PublicServer {
	const { limits, certificate, logger } = options;
	const settings = {
		maxHeaderSize: limits.maxHeaderBytes,
		headersTimeout: limits.headersTimeoutMs,
		requestTimeout: limits.requestTimeoutMs,
		connectionsCheckingInterval: CHECK_INTERVAL_MS,
		keepAliveTimeout: limits.keepAliveMs,
		// Checked with the rest of the head, because Node's own response is empty.
		requireHostHeader: false,
		// Most requests have no body: their streams are created as ended, which saves ending them.
		optimizeEmptyRequests: true,
	};
	const server = certificate
		? createTlsServer({ ...settings, ...certificate, handshakeTimeout: limits.headersTimeoutMs })
		: createServer(settings);
	// With a limit, Node would silently drop further headers, even a header that frames the body. The count is checked with the rest of the
	// head.
	server.maxHeadersCount = 0;
	server.timeout = limits.idleTimeoutMs;
	options.connections.attach(server);
	server.on('request', handle);
	server.on('checkContinue', handle);
	server.on('checkExpectation', handle);
	const refusal = { headers: securityHeaders({ isTls: certificate !== undefined }), logger };
	server.on('connect', (_req, socket) => {
		// Node has removed its own listener by now, and an error without a listener ends the process.
		socket.on('error', () => undefined);
		refuseSocket(refusal, socket);
	});
	server.on('clientError', (error, socket) => onClientError(refusal, error, socket as PublicSocket));
	return server;
}

/**
 * Connections that the kernel queues while this process is busy. Node's default of 511 is too small for a burst. Linux caps the value at
 * `net.core.somaxconn`.
 */
const BACKLOG = 4_096;

/** Starts listening. Rejects if the port is taken. */
export async function listenPublic(server: Server, host: string, port: number): Promise<void> {
	server.listen({ host, port, backlog: BACKLOG });
	await once(server, 'listening');
}
