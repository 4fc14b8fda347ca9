import { once } from 'node:events';
import { connect } from 'node:net';

const TIMEOUT_MS = 2_000;

/**
 * Resolves when the URL answers with the wanted status.
 * @throws when it answers with another one, or not within 2 s
 */
export async function checkHttp(url: string, wantedStatus = 200): Promise<void> {
	const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
	await response.body?.cancel();
	if (response.status !== wantedStatus) throw new Error(`status ${response.status}`);
}

/**
 * Resolves when a connection to the port is accepted.
 * @throws when it is refused
 */
export async function checkTcp(port: number): Promise<void> {
	const socket = connect({ host: '127.0.0.1', port });
	try {
		await once(socket, 'connect', { signal: AbortSignal.timeout(TIMEOUT_MS) });
	} finally {
		socket.destroy();
	}
}
