import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { CpuUsage } from './handshake-budget.ts';
import { OutboundError } from './outbound-error.ts';

/** Handshakes of legitimate servers, with their certificates, have 2 to 6 KiB. */
const MAX_HANDSHAKE_BYTES = 16_384;

export interface GuardedConnection {
	/** TLS reads and writes the connection through it. */
	stream: Duplex;
	/** To be called when the handshake has succeeded: its CPU time no longer counts. */
	markSucceeded(): void;
}

/**
 * Limits what the server of a TCP connection can make TLS compute before its certificates are accepted. OpenSSL verifies every certificate of a
 * chain, even without a trusted root, and their keys can be chosen so that each takes milliseconds of this thread. Destroys the stream with
 * an OutboundError when the handshake is longer than 16 KiB, or when the owner's handshakes have used up their CPU time.
 */
export function guardHandshake(connection: Socket, use: CpuUsage): GuardedConnection {
	let isDone = false;
	let bytes = 0;
	let cpuMs = 0;
	const stream = new Duplex({
		read: () => void connection.resume(),
		write: (chunk, _, callback) => void connection.write(chunk, callback),
		final: (callback) => void connection.end(callback),
		destroy(error, callback) {
			connection.destroy();
			callback(error);
		},
	});
	function receive(chunk: Buffer): boolean {
		if (isDone) return stream.push(chunk);
		bytes += chunk.length;
		if (bytes > MAX_HANDSHAKE_BYTES)
			throw new OutboundError(
				'tls_failed',
				'The TLS handshake is longer than 16 KiB. Check the certificate chain.',
			);
		use.throwIfUsedUp();
		// TLS handles the chunk before this returns.
		const before = process.threadCpuUsage();
		const wantsMore = stream.push(chunk);
		const { user, system } = process.threadCpuUsage(before);
		if (isDone) return wantsMore;
		cpuMs += (user + system) / 1_000;
		use.add((user + system) / 1_000);
		return wantsMore;
	}
	connection.on('data', (chunk) => {
		try {
			if (!receive(chunk)) connection.pause();
		} catch (error) {
			stream.destroy(error as Error);
		}
	});
	connection.on('end', () => stream.push(null));
	connection.on('error', (error) => stream.destroy(error));
	connection.on('close', () => stream.destroy());
	return {
		stream,
		markSucceeded() {
			isDone = true;
			use.add(-cpuMs);
		},
	};
}
