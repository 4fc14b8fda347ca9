import type { IncomingMessage, ServerResponse } from 'node:http';

/** An answer up to this long is in memory anyway by the time it is read. */
const SHORT_ANSWER_BYTES = 64 * 1024;

/** The service holds the rest of the answer for as long as its client takes. */
function endAfter(res: ServerResponse, maxMs: number): void {
	const timer = setTimeout(() => res.destroy(), maxMs);
	res.once('close', () => clearTimeout(timer));
}

/**
 * Passes the body of an answer on. A short one is written as it comes, without the machinery of a pipe, which costs a
 * twentieth of a whole request, and as a string, byte for byte: node puts head and body into one write then. Any other is piped,
 * so that the service waits for a client that reads slowly; `maxMs` is for how long. Absent for a stream, which may last.
 */
export function relay(answer: IncomingMessage, res: ServerResponse, maxMs?: number): void {
	const lengthBytes = Number(answer.headers['content-length'] ?? Number.POSITIVE_INFINITY);
	if (lengthBytes === 0 || lengthBytes > SHORT_ANSWER_BYTES) {
		answer.pipe(res);
		if (maxMs !== undefined) endAfter(res, maxMs);
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
