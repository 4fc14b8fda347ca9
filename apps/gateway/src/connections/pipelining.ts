import type { ServerResponse } from 'node:http';
import { counter } from '@creatorr/service/metrics';
import type { PublicRequest, PublicSocket } from '../requests/exchange.ts';
import { stopParsing } from './stop-parsing.ts';

/** Requests that may wait on one connection. Browsers and HTTP libraries don't pipeline at all. */
const MAX_PIPELINED = 16;

const pipeliningConnections = counter({
	name: 'creatorr_gateway_connections_pipelining_total',
	help: 'Connections that were closed because too many pipelined requests waited on them',
});

/**
 * Returns true when the request must wait: its connection still has an earlier one to answer. Node emits pipelined requests as it
 * parses them, so one packet would start thousands at once. A connection with more than {@link MAX_PIPELINED} waiting is destroyed.
 */
export function waitsInPipeline({ socket }: PublicRequest, res: ServerResponse): boolean {
	if (!socket.exchange || socket.exchange.res.closed) return false;
	socket.pipelined ??= [];
	socket.pipelined.push(res);
	if (socket.pipelined.length > MAX_PIPELINED) {
		pipeliningConnections.inc();
		socket.pipelined = [];
		stopParsing(socket);
	}
	return true;
}

/** Takes the request to start after `answered`; none after an answer that is the last of its connection. */
export function nextInPipeline(socket: PublicSocket, answered: ServerResponse): ServerResponse | undefined {
	const canGoOn = answered.writableFinished && answered.shouldKeepAlive && socket.writable;
	return canGoOn ? socket.pipelined?.shift() : undefined;
}

/**
 * Returns the answer that is due before the connection is refused, because of bytes after it that are not HTTP; undefined when
 * the first request itself is incomplete. A waiting request that is incomplete is dropped: the refusal answers it.
 */
export function lastDueAnswer({ exchange, pipelined = [] }: PublicSocket): ServerResponse | undefined {
	if (pipelined.at(-1)?.req.complete === false) pipelined.pop();
	const last = pipelined.at(-1);
	if (last) return last;
	return exchange?.req.complete || exchange?.res.writableFinished ? exchange.res : undefined;
}
