import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { newId } from '@creatorr/contracts/ids';
import type { Operation } from '@creatorr/contracts/operation';
import { networkOf } from '@creatorr/service/address-network';
import type { Span } from '@creatorr/telemetry/span';
import type { Connection } from '../domain/connection-table.ts';
import type { Hold } from '../domain/hold.ts';
import type { Session } from '../domain/verify-token.ts';

/** What is kept of an open connection. */
export interface ClientConnection extends Connection {
	/** The socket that requests come on: over TLS it is another one after the handshake. */
	socket: PublicSocket;
	/** One of more than its network may have: its first request is answered with that. */
	isBeyondLimit: boolean;
}

/** A socket of a client. */
export type PublicSocket = Socket & {
	/** The last that was begun on it. */
	exchange?: Exchange;
	connection?: ClientConnection;
	/** Answers to requests that wait for the one before, first come, first served. */
	pipelined?: ServerResponse[];
	/** Nothing is read from it any more, only the last answer is still to be sent. */
	isOver?: boolean;
};

/** A request that knows its exchange: the proxy's hooks and the parser's errors come with nothing else. */
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
	hold: Hold | undefined;
	/** The request to the service. */
	upstream: ClientRequest | undefined;
	/** Handed to the proxy. */
	forwarded: boolean;
	/** Whose answer has begun: nothing else can be said after it. */
	answeredBy: 'gateway' | 'service' | undefined;
	/** Sent a second time, as the first went down a connection that the service was just closing. */
	retried: boolean;
}

/** Begins an exchange. The request id is always made here: a client's own never replaces it. */
export function openExchange(
	req: PublicRequest,
	res: ServerResponse,
	given: Pick<Exchange, 'headers' | 'isDraining' | 'clientAddress'>,
): Exchange {
	const requestId = newId('req');
	const exchange: Exchange = {
		req,
		res,
		requestId,
		span: undefined,
		startedAtMs: performance.now(),
		clientAddress: given.clientAddress,
		clientNetwork: networkOf(given.clientAddress),
		headers: ['X-Request-Id', requestId, ...given.headers],
		isDraining: given.isDraining,
		operation: undefined,
		session: undefined,
		hold: undefined,
		upstream: undefined,
		forwarded: false,
		answeredBy: undefined,
		retried: false,
	};
	req.exchange = exchange;
	req.socket.exchange = exchange;
	return exchange;
}
