import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { newId } from '@creatorr/contracts/ids';
import type { Operation } from '@creatorr/contracts/operation';
import { networkOf } from '@creatorr/service/address-network';
import type { Span } from '@creatorr/telemetry/span';
import type { Credential } from './authentication/credential.ts';
import type { Connection } from './connections/connection-table.ts';
import { IMMEDIATE, type ResponseMode } from './routing/response-mode.ts';

/** An open connection of a client. */
export interface ClientConnection extends Connection {
	/** The socket that carries requests: over TLS a different one after the handshake. */
	socket: PublicSocket;
	/** Its network has too many connections, so its first request gets 429. */
	isBeyondLimit: boolean;
}

/** A socket of a client. */
export type PublicSocket = Socket & {
	/** The latest exchange on this connection. */
	exchange?: Exchange;
	connection?: ClientConnection;
	/** Responses of requests that wait for the previous one, in order. */
	pipelined?: ServerResponse[];
	/** The last response is being sent; no other request is read. */
	isClosing?: boolean;
};

/** A request with its exchange: the proxy's hooks and the parser's errors pass only the request. */
export interface PublicRequest extends IncomingMessage {
	exchange?: Exchange;
	socket: PublicSocket;
}

/** One public request and its response. */
export interface Exchange {
	readonly req: PublicRequest;
	readonly res: ServerResponse;
	readonly requestId: string;
	/** Set if traces are exported. */
	span: Span | undefined;
	/** In monotonic milliseconds. */
	readonly startedAtMs: number;
	/** Address of the peer, or of X-Forwarded-For behind a trusted proxy. */
	readonly clientAddress: string;
	/** The client address, or its /64 for IPv6. */
	readonly clientNetwork: string;
	/** Headers of every response, as alternating names and values. */
	readonly headers: readonly string[];
	/** Whether to close the connection after the response. */
	readonly isDraining: () => boolean;
	/** Longest time that the client may take to read the response. */
	readonly slowReaderMs: number;
	/** Cuts the response if it is still unread then. Cleared when the response has ended. */
	slowReaderTimer: NodeJS.Timeout | undefined;
	operation: Operation | undefined;
	/** Set before the gateway asks auth whether the credential is alive, so that a revocation finds this exchange. */
	credentialId: string | undefined;
	/** Set for a verified token or a live API key. */
	credential: Credential | undefined;
	/**
	 * Refunds the units of a response that doesn't count. Returns the rate limit headers of the response, as alternating names and values.
	 * Called once for each response.
	 */
	settleRateLimits: ((head: ResponseHead) => string[]) | undefined;
	/** Called when the head of the response is written. A stream may last for hours after it. */
	onHead: (() => void) | undefined;
	/** `immediate` until the request is routed. */
	responseMode: ResponseMode;
	/** The request to the service. */
	upstream: ClientRequest | undefined;
	/** Lets the next long poll or event stream connect. Set while this one does. */
	releaseConnectPermit: (() => void) | undefined;
	/** The request was passed to the proxy. */
	forwarded: boolean;
	/** Who has begun the response. No other can follow. */
	respondedBy: 'gateway' | 'service' | undefined;
	/** The request was sent again, because the service closed the first connection. */
	retried: boolean;
}

export interface ResponseHead {
	by: 'gateway' | 'service';
	status: number;
	/** Alternating names and values, without the common headers of the gateway. */
	headers: readonly string[];
}

/** For an exchange whose connection has closed: whether a service is still handling its request, which it completes. */
export function isAbandoned({ req, forwarded, respondedBy }: Exchange): boolean {
	return forwarded && req.complete && respondedBy === undefined;
}

/** Whether the response has begun or the client disconnected, so that no service may be called. */
export function isEnded({ respondedBy, res }: Exchange): boolean {
	return respondedBy !== undefined || res.destroyed;
}

/** Begins an exchange. It always gets a new request id, never the client's own. */
export function openExchange(
	req: PublicRequest,
	res: ServerResponse,
	common: Pick<Exchange, 'headers' | 'isDraining' | 'slowReaderMs' | 'clientAddress'>,
): Exchange {
	const requestId = newId('req');
	const exchange: Exchange = {
		req,
		res,
		requestId,
		span: undefined,
		startedAtMs: performance.now(),
		clientAddress: common.clientAddress,
		clientNetwork: networkOf(common.clientAddress),
		headers: ['X-Request-Id', requestId, ...common.headers],
		isDraining: common.isDraining,
		slowReaderMs: common.slowReaderMs,
		slowReaderTimer: undefined,
		operation: undefined,
		credentialId: undefined,
		credential: undefined,
		settleRateLimits: undefined,
		onHead: undefined,
		responseMode: IMMEDIATE,
		upstream: undefined,
		releaseConnectPermit: undefined,
		forwarded: false,
		respondedBy: undefined,
		retried: false,
	};
	req.exchange = exchange;
	req.socket.exchange = exchange;
	return exchange;
}
