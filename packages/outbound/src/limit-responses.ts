import type { Socket } from 'node:net';
import { setInterval } from 'node:timers';
import { OutboundError } from './outbound-error.ts';

/**
 * Maximum bytes on the wire for one response: the TLS handshake before the first one, informational responses, headers, and what is read of the
 * body, with their framing. Enough for 16 KiB of headers and 16 KiB of body in chunks of one byte, if not
 * each chunk is a TLS record of its own.
 */
const MAX_RESPONSE_BYTES = 262_144;
/** TLS records without data, such as session tickets, emit no event. */
const CHECK_MS = 250;

/**
 * Destroys a TCP connection, with an OutboundError, when it has received more than 256 KiB for one response; up to a socket buffer more can
 * arrive before that. The HTTP parser itself limits only names and values of headers: not reason phrases, spaces, empty lines before a
 * response, chunk sizes and chunk extensions. TLS can pad one byte to 16 KiB.
 * @returns watches a socket that reads the connection: the connection itself, or the TLS socket on it. To be called once, before any request.
 */
export function limitResponses(connection: Socket): (socket: Socket) => void {
	let reader = connection;
	let bytesWritten = 0;
	let bytesReadBefore = 0;
	let firstByte = 0;
	function check() {
		// Bytes in the reader's buffer don't count: a body may be larger than what is read of it.
		const bytesRead = connection.bytesRead - reader.readableLength;
		// Each request is written at once, after the previous response has ended.
		if (reader.bytesWritten !== bytesWritten) {
			bytesWritten = reader.bytesWritten;
			firstByte = bytesReadBefore;
		}
		bytesReadBefore = bytesRead;
		if (bytesRead - firstByte <= MAX_RESPONSE_BYTES) return;
		reader.destroy(
			new OutboundError(
				'invalid_response',
				'The headers, chunk extensions or TLS records of the response are too long.',
			),
		);
	}
	const timer = setInterval(check, CHECK_MS).unref();
	connection.once('close', () => clearInterval(timer));
	return (socket) => {
		reader = socket;
		// This listener precedes the parser's.
		socket.on('readable', check);
	};
}
