import { counter } from '@creatorr/service/metrics';
import type { PublicRequest } from '../exchange.ts';
import { isChunked } from '../requests/request-head.ts';
import { stopParsing } from './stop-parsing.ts';

/** Chunks that may be small, for clients that write one for each field. */
const FREE_CHUNKS = 256;
/** Minimum average size of all chunks of a body beyond the free ones. */
const MIN_AVERAGE_BYTES = 64;

const refusedConnections = counter({
	name: 'creatorr_gateway_connections_tiny_chunks_total',
	help: 'Connections closed because a body came in too many tiny chunks',
});

/**
 * Closes the connection of a body that arrives in many tiny chunks. Each chunk costs the parser, the stream and the service as much
 * as kilobytes of a plain body: 500,000 chunks of one byte are 3 MB and take seconds of CPU time. Chunks are counted from the first
 * one, also while the request waits and its stream is paused.
 */
export function refuseTinyChunks(req: PublicRequest): void {
	if (!isChunked(req.headers)) return;
	const push = req.push.bind(req);
	let chunks = 0;
	let bytes = 0;
	req.push = (chunk: Buffer | null, encoding) => {
		if (req.socket.isClosing && chunk !== null) return false;
		if (chunk !== null) {
			chunks += 1;
			bytes += chunk.length;
			if (chunks > FREE_CHUNKS && bytes < chunks * MIN_AVERAGE_BYTES) {
				refusedConnections.inc();
				stopParsing(req.socket);
				return false;
			}
		}
		return push(chunk, encoding);
	};
}
