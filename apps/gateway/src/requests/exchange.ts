import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { newId } from '@creatorr/contracts/ids';
import type { Operation } from '@creatorr/contracts/operation';
import { networkOf } from '@creatorr/service/address-network';
import type { Span } from '@creatorr/telemetry/span';
import type { Connection } from '../connections/connection-table.ts';
import { IMMEDIATE, type ResponseMode } from '../routing/response-mode.ts';
import type { Session } from '../sessions/verify-token.ts';

/** An open connection of a client. */
export interface ClientConnection extends Connection {
	/** The socket that requests come on: over TLS it is another one after the handshake. */
	socket: PublicSocket;
	/** Its network has too many connections: its first request gets 429. */
	isBeyondLimit: boolean;
}

/** A socket of a client. */
export type PublicSocket = Socket & {
	/** The latest on this connection. */
	exchange?: Exchange;
	connection?: ClientConnection;
	/** Answers to requests that wait for the one before, first come, first served. */
	pipelined?: ServerResponse[];
	/** The last answer is being sent; no other request is read. */
	isOver?: boolean;
};

/** A request with its exchange: the proxy's hooks and the parser's errors pass nothing else. */
export interface PublicRequest extends IncomingMessage {
	exchange?: Exchange;
	socket: PublicSocket;
}

/** One public request and its answer. */
export interface Exchange {
	readonly req: PublicRequest;
	readonly res: ServerResponse;
	readonly requestId: string;
	/** Where traces are kept. */
	span: Span | undefined;
	/** On the monotonic clock. */
	readonly startedAtMs: number;
	/** Of the client: the peer, or what a trusted proxy says in X-Forwarded-For. */
	readonly clientAddress: string;
	/** That address, or the /64 of an IPv6 address. */
	readonly clientNetwork: string;
	/** Sent with every answer, as names and values in turn. */
	readonly headers: readonly string[];
	/** Whether the connection is to be closed after the answer. */
	readonly isDraining: () => boolean;
	operation: Operation | undefined;
	/** Set once the token is verified. */
	session: Session | undefined;
	/** `immediate` until the request is routed. */
	responseMode: ResponseMode;
	/** The request to the service. */
	upstream: ClientRequest | undefined;
	/** Passed to the proxy. */
	forwarded: boolean;
	/** Who has begun the answer: no other can follow. */
	answeredBy: 'gateway' | 'service' | undefined;
	/** Sent a second time, because the service was closing the connection of the first. */
	retried: boolean;
}

/** True when the client left while a service was working on its request, which the service goes on with. */
export function isAbandoned({ req, forwarded, answeredBy }: Exchange): boolean {
	return forwarded && req.complete && answeredBy === undefined;
}

/** Begins an exchange. The request id is always made here: a client's own never replaces it. */
export function openExchange(
	req: PublicRequest,
	res: ServerResponse,
	common: Pick<Exchange, 'headers' | 'isDraining' | 'clientAddress'>,
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
		operation: undefined,
		session: undefined,
		responseMode: IMMEDIATE,
		upstream: undefined,
		forwarded: false,
		answeredBy: undefined,
		retried: false,
	};
	req.exchange = exchange;
	req.socket.exchange = exchange;
	return exchange;
}
