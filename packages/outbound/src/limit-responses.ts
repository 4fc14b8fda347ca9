import type { Socket } from 'node:net';
import { OutboundError } from './outbound-error.ts';

/**
 * Maximum bytes on the connection for one response: informational responses, headers, and what is read of the body with its framing. Enough for
 * 16 KiB of headers and 16 KiB of body in chunks of one byte.
 */
const MAX_RESPONSE_BYTES = 131_072;

/**
 * Destroys a connection, with an OutboundError, after the HTTP parser has read more than 128 KiB of one response; the parser gets at most one
 * socket buffer beyond that. The parser itself limits only names and values of headers: not reason phrases, spaces, empty lines before a
 * response, chunk sizes and chunk extensions.
 */
export function limitResponses(socket: Socket): void {
	let bytesWritten = 0;
	let firstByte = 0;
	// This listener precedes the parser's. Bytes in the socket's buffer don't count: a body may be larger than what is read of it.
	socket.on('readable', () => {
		const bytesRead = socket.bytesRead - socket.readableLength;
		// Each request is written at once, after the previous response has ended.
		if (socket.bytesWritten !== bytesWritten) {
			bytesWritten = socket.bytesWritten;
			firstByte = bytesRead;
		}
		if (bytesRead - firstByte > MAX_RESPONSE_BYTES)
			socket.destroy(
				new OutboundError(
					'invalid_response',
					'The headers or chunk extensions of the response are too long.',
				),
			);
	});
}
