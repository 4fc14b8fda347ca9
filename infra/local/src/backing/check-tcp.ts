import { connect } from 'node:net';

const TIMEOUT_MS = 2_000;

/**
 * Connects, says `greeting`, and resolves when an answer comes that starts as wanted: a listening socket alone
 * proves nothing about the server behind it.
 * @throws when none comes within 2 s
 */
export function checkTcp(port: number, greeting: Buffer, startsWith: Buffer): Promise<void> {
	return new Promise((resolve, reject) => {
		const socket = connect({ host: '127.0.0.1', port }, () => socket.write(greeting));
		const timer = setTimeout(() => socket.destroy(new Error('no answer')), TIMEOUT_MS);
		socket.once('data', (data) => {
			if (data.subarray(0, startsWith.length).equals(startsWith)) resolve();
			socket.destroy(new Error('another answer'));
		});
		socket.once('error', reject);
		socket.once('close', () => {
			clearTimeout(timer);
			reject(new Error('closed'));
		});
	});
}
