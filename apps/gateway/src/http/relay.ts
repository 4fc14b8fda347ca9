import type { IncomingMessage, ServerResponse } from 'node:http';

/** An answer up to this long is in memory anyway by the time it is read. */
const SHORT_ANSWER_BYTES = 64 * 1024;

/**
 * Passes the body of an answer on. A short one is written as it comes, without the machinery of a pipe, which costs a
 * twentieth of a whole request, and as a string, byte for byte: node puts head and body into one write then. Any other is piped,
 * so that the service waits for a client that reads slowly.
 */
export function relay(answer: IncomingMessage, res: ServerResponse): void {
	const lengthBytes = Number(answer.headers['content-length'] ?? Number.POSITIVE_INFINITY);
	if (lengthBytes === 0 || lengthBytes > SHORT_ANSWER_BYTES) {
		answer.pipe(res);
		return;
	}
	let leftBytes = lengthBytes;
	answer.on('data', (chunk: Buffer) => {
		leftBytes -= chunk.length;
		const bytes = chunk.toString('latin1');
		if (leftBytes > 0) res.write(bytes, 'latin1');
		else res.end(bytes, 'latin1');
	});
}
