import { createHash } from 'node:crypto';
import { connect, createServer } from 'node:net';
import type { ProcessSnapshot } from './process.ts';

const ANSWER_TIMEOUT_MS = 5_000;

/** What a supervisor says of itself to clients that connect to its lock. */
export type SupervisorStatus = { pid: number; url: string | null; processes: ProcessSnapshot[] };

/**
 * Holds the home for this process until it ends, however it ends: the lock is an abstract socket, which the kernel
 * takes back with the process, so that none can be left behind. Clients that connect get the status.
 * @returns false when another supervisor holds it
 */
export function holdLock(homeRoot: string, status: () => SupervisorStatus): Promise<boolean> {
	return new Promise((resolve, reject) => {
		const server = createServer((socket) => {
			socket.on('error', () => undefined);
			socket.end(JSON.stringify(status()));
		});
		server.once('error', (error: NodeJS.ErrnoException) => {
			if (error.code === 'EADDRINUSE') resolve(false);
			else reject(error);
		});
		server.listen(lockName(homeRoot), () => resolve(true));
		server.unref();
	});
}

/** The status of the supervisor of this home; undefined when none runs. */
export function askStatus(homeRoot: string): Promise<SupervisorStatus | undefined> {
	return new Promise((resolve, reject) => {
		let answer = '';
		const socket = connect(lockName(homeRoot));
		socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy(new Error('the supervisor is not responding')));
		socket.setEncoding('utf8');
		socket.on('data', (chunk: string) => {
			answer += chunk;
		});
		// one that ends at this moment may hang up without a word
		socket.once('end', () => resolve(answer === '' ? undefined : JSON.parse(answer)));
		socket.once('error', (error: NodeJS.ErrnoException) => {
			if (error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET') resolve(undefined);
			else reject(error);
		});
	});
}

function lockName(homeRoot: string): string {
	return `\0creatorr-${createHash('sha256').update(homeRoot).digest('hex').slice(0, 32)}`;
}
