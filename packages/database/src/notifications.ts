import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { RawExecutor } from './prisma-types.ts';

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;
/** A silent connection is detected after at most the interval and the timeout. */
const HEARTBEAT_INTERVAL_MS = 5_000;
const RESPONSE_TIMEOUT_MS = 5_000;
const DISCONNECT_TIMEOUT_MS = 1_000;

export interface NotificationListenerOptions {
	databaseUrl: string;
	channels: readonly string[];
	onNotification: (channel: string, payload: string) => void;
	/**
	 * Called when listening starts, and again after each reconnect. Earlier notifications are lost, so waiting code must read the tables now.
	 */
	onReconnect: () => void;
	/** Called for the log when the connection was lost or could not be opened. It is retried forever. */
	onLost: (error: unknown) => void;
}

export interface NotificationListener {
	/** Stops listening and retrying. Nothing is called afterwards. */
	close(): Promise<void>;
}

/** Listens on one connection, and reconnects after every loss with backoff of up to 5 s. */
export function createNotificationListener(options: NotificationListenerOptions): NotificationListener {
	const closing = new AbortController();
	const running = keepListening(options, closing.signal);
	return {
		async close() {
			closing.abort();
			await running;
		},
	};
}

async function keepListening(options: NotificationListenerOptions, closing: AbortSignal): Promise<void> {
	let retryMs = FIRST_RETRY_MS;
	const onListening = () => {
		retryMs = FIRST_RETRY_MS;
		options.onReconnect();
	};
	while (!closing.aborted) {
		try {
			await listenUntilLost(options, onListening, closing);
		} catch (error) {
			if (closing.aborted) return;
			options.onLost(error);
			await sleep(retryMs * (0.5 + Math.random() / 2), undefined, { signal: closing }).catch(() => undefined);
			retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
		}
	}
}

/** Opens one connection. Rejects when it is lost, resolves when closing. */
async function listenUntilLost(
	options: NotificationListenerOptions,
	onListening: () => void,
	closing: AbortSignal,
): Promise<void> {
	const client = new pg.Client({
		connectionString: options.databaseUrl,
		application_name: 'creatorr-listen',
		connectionTimeoutMillis: RESPONSE_TIMEOUT_MS,
		query_timeout: RESPONSE_TIMEOUT_MS,
		keepAlive: true,
	});
	const lost = new Promise<never>((_resolve, reject) => client.on('error', reject));
	lost.catch(() => undefined);
	client.on('notification', ({ channel, payload }) => {
		if (!closing.aborted) options.onNotification(channel, payload ?? '');
	});
	try {
		await client.connect();
		for (const channel of options.channels) await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
		if (closing.aborted) return;
		onListening();
		await Promise.race([lost, heartbeat(client, closing)]);
	} finally {
		// A silent server never confirms the end.
		await Promise.race([client.end(), sleep(DISCONNECT_TIMEOUT_MS, undefined, { ref: false })]);
	}
}

/** Runs queries to detect a silent server. */
async function heartbeat(client: pg.Client, closing: AbortSignal): Promise<void> {
	while (!closing.aborted) {
		await sleep(HEARTBEAT_INTERVAL_MS, undefined, { signal: closing }).catch(() => undefined);
		if (!closing.aborted) await client.query('SELECT 1');
	}
}

/**
 * Notifies every listener of the channel when the transaction commits, and none if it rolls back. The payload is at most 7,999 bytes; a
 * longer one fails the transaction.
 */
export async function notify(tx: RawExecutor, channel: string, payload = ''): Promise<void> {
	await tx.$executeRaw`SELECT pg_notify(${channel}, ${payload})`;
}
