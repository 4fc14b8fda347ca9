import { createHash } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ProcessSnapshot } from './process.ts';

const ANSWER_TIMEOUT_MS = 5_000;

/** Status that a supervisor sends to clients that connect to its lock. */
export type SupervisorStatus = { pid: number; url: string | null; processes: ProcessSnapshot[] };

/**
 * Locks the home until this process ends. The lock is an abstract socket, which the kernel removes with the process, however that
 * ends, so no stale lock remains. Clients that connect get the status.
 * @returns false when another supervisor holds it
 */
export function acquireLock(homeRoot: string, status: () => SupervisorStatus): Promise<boolean> {
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

/** Returns the status of the supervisor of this home; undefined when none runs. */
export async function requestStatus(homeRoot: string): Promise<SupervisorStatus | undefined> {
	const socket = connect(lockName(homeRoot));
	socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy(new Error('the supervisor is not responding')));
	try {
		const answer = await text(socket);
		// a supervisor that ends at this moment may close the connection without a response
		return answer === '' ? undefined : JSON.parse(answer);
	} catch (error) {
		const { code = '' } = error as NodeJS.ErrnoException;
		if (['ECONNREFUSED', 'ECONNRESET'].includes(code)) return undefined;
		throw error;
	}
}

function lockName(homeRoot: string): string {
	return `\0creatorr-${createHash('sha256').update(homeRoot).digest('hex').slice(0, 32)}`;
}
