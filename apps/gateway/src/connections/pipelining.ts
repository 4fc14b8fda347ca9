import type { ServerResponse } from 'node:http';
import { counter } from '@creatorr/service/metrics';
import type { PublicRequest, PublicSocket } from '../exchange.ts';
import { stopParsing } from './stop-parsing.ts';

/** Limit of waiting requests on one connection. Browsers and HTTP libraries don't pipeline. */
const MAX_PIPELINED = 16;

const pipeliningConnections = counter({
	name: 'creatorr_gateway_connections_pipelining_total',
	help: 'Connections closed because of too many pipelined requests',
});

/** The gateway stops reading a connection with this many waiting requests. With fewer, Node keeps reading, and so notices a disconnect. */
const PAUSED_FROM = 8;

function pauseWhileWaiting(socket: PublicSocket): void {
	if ((socket.pipelined?.length ?? 0) >= PAUSED_FROM) socket.pause();
}

/**
 * Returns true if the request must wait for an earlier one of its connection. Node emits pipelined requests as it parses them, so one
 * packet would start thousands at once. A connection with {@link PAUSED_FROM} waiting requests is not read, and one whose packet
 * brings more than {@link MAX_PIPELINED} is destroyed.
 */
export function waitsInPipeline({ socket }: PublicRequest, res: ServerResponse): boolean {
	if (!socket.exchange || socket.exchange.res.closed) return false;
	socket.pipelined ??= [];
	socket.pipelined.push(res);
	// After each parsed request, Node resumes reading in a `nextTick` callback. Microtasks run after these.
	queueMicrotask(() => pauseWhileWaiting(socket));
	if (socket.pipelined.length > MAX_PIPELINED) {
		pipeliningConnections.inc();
		socket.pipelined = [];
		stopParsing(socket);
	}
	return true;
}

/** Returns the request to start after `answered`, or undefined if that response is the last of its connection. */
export function nextInPipeline(socket: PublicSocket, answered: ServerResponse): ServerResponse | undefined {
	const canGoOn = answered.writableFinished && answered.shouldKeepAlive && socket.writable;
	if (!canGoOn) return undefined;
	const next = socket.pipelined?.shift();
	if (next && (socket.pipelined?.length ?? 0) < PAUSED_FROM) socket.resume();
	return next;
}

/**
 * Returns the response that is due before the connection is refused for invalid bytes after it, or undefined if the first request is itself
 * incomplete. Drops an incomplete waiting request, because the refusal is its response.
 */
export function lastDueResponse({ exchange, pipelined = [] }: PublicSocket): ServerResponse | undefined {
	if (pipelined.at(-1)?.req.complete === false) pipelined.pop();
	const last = pipelined.at(-1);
	if (last) return last;
	return exchange?.req.complete || exchange?.res.writableFinished ? exchange.res : undefined;
}
