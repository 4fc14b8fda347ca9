import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Logger } from '@creatorr/service/logger';
import type { Limits } from '../limits.ts';
import { onClientError, refuseSocket } from './client-error.ts';

/** On every answer, as names and values in turn. Answers hold tokens and presigned URLs, so nothing is ever stored. */
export const HARDENING_HEADERS = ['X-Content-Type-Options', 'nosniff', 'Cache-Control', 'no-store'] as const;

const KEEP_ALIVE_MS = 65_000;
/** How often node looks for requests that take too long to arrive. */
const CHECK_INTERVAL_MS = 1_000;

/** node's server with its limits set, and with every refusal of its own turned into an answer of the contract. */
export function createPublicServer(limits: Limits, logger: Logger, handle: RequestListener): Server {
	const server = createServer({
		maxHeaderSize: limits.headerBytes,
		headersTimeout: limits.headersTimeoutMs,
		requestTimeout: limits.requestTimeoutMs,
		connectionsCheckingInterval: CHECK_INTERVAL_MS,
		keepAliveTimeout: KEEP_ALIVE_MS,
		// Checked with the rest of the head, for node's own answer is empty.
		requireHostHeader: false,
		// Most requests have no body: their streams are made ended, and nothing is spent on ending them.
		optimizeEmptyRequests: true,
	});
	// Node would drop what is beyond, a header that frames the body included; the count is checked with the rest of the head.
	server.maxHeadersCount = 0;
	server.timeout = limits.idleTimeoutMs;
	server.on('request', handle);
	server.on('checkContinue', handle);
	server.on('checkExpectation', handle);
	const refusal = { headers: HARDENING_HEADERS, logger };
	server.on('connect', (_req, socket) => {
		// Node has taken its own listener off by now, and a client that resets the connection would end the process.
		socket.on('error', () => undefined);
		refuseSocket(refusal, socket);
	});
	server.on('clientError', (error, socket) => onClientError(refusal, error, socket));
	return server;
}

/** Starts listening; rejects when the port is taken. */
export async function listenPublic(server: Server, host: string, port: number): Promise<void> {
	server.listen(port, host);
	await once(server, 'listening');
}
