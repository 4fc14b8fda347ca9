import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Logger } from '@creatorr/service/logger';
import type { Limits } from '../limits/limits.ts';
import type { PublicSocket } from '../requests/exchange.ts';
import type { Certificate } from '../tls/certificate.ts';
import { onClientError, refuseSocket } from './client-error.ts';
import type { ConnectionLimit } from './connection-limit.ts';

/**
 * On every answer, as names and values in turn. Answers hold tokens and presigned URLs, so nothing is ever stored; and none
 * is a page, whatever a browser that is sent here takes it for.
 */
const HARDENING_HEADERS = [
	...['X-Content-Type-Options', 'nosniff'],
	...['Cache-Control', 'no-store'],
	...['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
	...['Cross-Origin-Resource-Policy', 'same-origin'],
	...['Referrer-Policy', 'no-referrer'],
];

/** Browsers that came by TLS once come by nothing else for a year. Other hosts of the domain are not ours to speak for. */
const STRICT_TRANSPORT = ['Strict-Transport-Security', 'max-age=31536000'];

/** {@link HARDENING_HEADERS}, and what else every answer over TLS has. */
export function hardeningHeaders({ isTls }: { isTls: boolean }): string[] {
	return isTls ? [...HARDENING_HEADERS, ...STRICT_TRANSPORT] : HARDENING_HEADERS;
}

/** How often node looks for requests that take too long to arrive. */
const CHECK_INTERVAL_MS = 1_000;

interface PublicServerOptions {
	limits: Limits;
	connections: Pick<ConnectionLimit, 'attach'>;
	/** Without one the server speaks plain HTTP. */
	certificate: Certificate | undefined;
	logger: Logger;
}

export type PublicServer = Server | TlsServer;

/** Node's server with its limits set, and with every refusal of its own turned into an answer of the contract. */
export function createPublicServer(options: PublicServerOptions, handle: RequestListener): PublicServer {
	const { limits, certificate, logger } = options;
	const settings = {
		maxHeaderSize: limits.headerBytes,
		headersTimeout: limits.headersTimeoutMs,
		requestTimeout: limits.requestTimeoutMs,
		connectionsCheckingInterval: CHECK_INTERVAL_MS,
		keepAliveTimeout: limits.keepAliveMs,
		// Checked with the rest of the head, for node's own answer is empty.
		requireHostHeader: false,
		// Most requests have no body: their streams are made ended, and nothing is spent on ending them.
		optimizeEmptyRequests: true,
	};
	const server = certificate
		? createTlsServer({ ...settings, ...certificate, handshakeTimeout: limits.headersTimeoutMs })
		: createServer(settings);
	// Node would drop what is beyond, a header that frames the body included; the count is checked with the rest of the head.
	server.maxHeadersCount = 0;
	server.timeout = limits.idleTimeoutMs;
	options.connections.attach(server);
	server.on('request', handle);
	server.on('checkContinue', handle);
	server.on('checkExpectation', handle);
	const refusal = { headers: hardeningHeaders({ isTls: certificate !== undefined }), logger };
	server.on('connect', (_req, socket) => {
		// Node has taken its own listener off by now, and a client that resets the connection would end the process.
		socket.on('error', () => undefined);
		refuseSocket(refusal, socket);
	});
	server.on('clientError', (error, socket) => onClientError(refusal, error, socket as PublicSocket));
	return server;
}

/** Connections that the kernel holds while this process is busy: node's 511 are not enough for a burst. Linux takes `net.core.somaxconn` at most. */
const BACKLOG = 4_096;

/** Starts listening; rejects when the port is taken. */
export async function listenPublic(server: Server, host: string, port: number): Promise<void> {
	server.listen({ host, port, backlog: BACKLOG });
	await once(server, 'listening');
}
