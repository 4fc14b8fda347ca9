import { setTimeout as sleep } from 'node:timers/promises';
import { unavailable } from '@creatorr/contracts/errors';
import type { Logger } from '@creatorr/service/logger';
import { counter, gauge } from '@creatorr/service/metrics';
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { confirmWatch, STALLED_AFTER_MS } from './confirm-watch.ts';
import { declareTopology, EVENTS_EXCHANGE } from './topology.ts';

/** A connection that reconnects forever, with channels that reopen when they close. */
export interface Broker {
	/** Opens a channel, and another one after every loss. `setUp` prepares each of them. */
	openManagedChannel(setUp: (channel: ConfirmChannel) => Promise<void>): ManagedChannel;
	/** Rejects if the broker doesn't respond, or has confirmed nothing for a minute while publishes wait. */
	ping(): Promise<void>;
	/** Returns the number of ready messages of each queue, without unacknowledged ones. Rejects if a queue doesn't exist. */
	countMessages(queues: readonly string[]): Promise<Map<string, number>>;
	close(): Promise<void>;
}

export interface ManagedChannel {
	/** Returns the channel while one is open and prepared. */
	current(): ConfirmChannel | undefined;
	/** Closes the channel for good, also one that is still being prepared. */
	close(): Promise<void>;
}

interface BrokerOptions {
	url: string;
	/** Connection name that the broker shows. */
	name: string;
	logger: Logger;
	/** Slugs of the tools whose queues this process publishes to or consumes. */
	tools?: readonly string[];
}

const HEARTBEAT_SECONDS = 5;
const CONNECT_TIMEOUT_MS = 5_000;
const RETRY = { initialDelay: 100, maxDelay: 2_000, factor: 2, jitter: 0.2 };
const REOPEN_DELAY_MS = 500;
const PING_TIMEOUT_MS = 2_000;
const CLOSE_TIMEOUT_MS = 1_000;

const connected = gauge({
	name: 'creatorr_broker_connected',
	help: 'Whether this process is connected to RabbitMQ: 1 or 0',
});

const disconnects = counter({
	name: 'creatorr_broker_disconnects_total',
	help: 'Lost RabbitMQ connections of this process',
});

type Connection = Awaited<ReturnType<typeof openConnection>>;

function openConnection(options: BrokerOptions) {
	const url = new URL(options.url);
	url.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
	return connect(url.href, {
		timeout: CONNECT_TIMEOUT_MS,
		clientProperties: { connection_name: options.name },
		recovery: {
			...RETRY,
			waitForConnect: false,
			async setup(model: ChannelModel) {
				// An error without a listener ends the process, and nothing else listens before setup is done. Setup fails anyway.
				model.on('error', () => undefined);
				const channel = await model.createChannel();
				channel.on('error', (error: Error) => options.logger.warn('broker.topology_failed', { error }));
				await declareTopology(channel, options.tools ?? []);
				await channel.close();
				options.logger.info('broker.connected');
			},
		},
	});
}

function openManagedChannel(
	connection: Connection,
	logger: Logger,
	setUp: (channel: ConfirmChannel) => Promise<void>,
): ManagedChannel {
	let opened: ConfirmChannel | undefined;
	let prepared: ConfirmChannel | undefined;
	const stopped = new AbortController();

	/** Opens one channel. Resolves when it has closed. */
	async function runChannel(): Promise<void> {
		const channel = await connection.createConfirmChannel();
		opened = channel;
		const closed = new Promise<void>((resolve) => channel.once('close', resolve));
		channel.on('error', (error) => logger.warn('broker.channel_failed', { error }));
		if (stopped.signal.aborted) return channel.close();
		try {
			await setUp(channel);
		} catch (error) {
			await closeSoon(channel);
			throw error;
		}
		// Rejects if the channel closed before the listener was added.
		await channel.checkExchange(EVENTS_EXCHANGE);
		prepared = channel;
		await closed;
	}

	async function run(): Promise<void> {
		while (!stopped.signal.aborted) {
			await runChannel().catch((error: unknown) => {
				if (!stopped.signal.aborted) logger.warn('broker.channel_lost', { error });
			});
			opened = undefined;
			prepared = undefined;
			await sleep(REOPEN_DELAY_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
		}
	}

	run().catch((error: unknown) => logger.error('broker.channel_loop_failed', { error }));
	return {
		current: () => prepared,
		async close() {
			stopped.abort();
			if (opened) await closeSoon(opened);
		},
	};
}

/** Closes. Waits at most a second for the confirmation, which never comes on a broken socket. */
async function closeSoon(closable: { close(): Promise<void> }): Promise<void> {
	const timeout = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_TIMEOUT_MS).unref());
	await Promise.race([closable.close().catch(() => undefined), timeout]);
}

async function ping(connection: Connection): Promise<void> {
	const timeout = AbortSignal.timeout(PING_TIMEOUT_MS);
	const tooSlow = new Promise<never>((_, reject) => {
		timeout.addEventListener('abort', () => reject(unavailable('RabbitMQ', timeout.reason)), { once: true });
	});
	const response = connection.createChannel().then((channel) => channel.close());
	await Promise.race([response, tooSlow]);
}

/** Callers time out a call that hangs; its channel closes with the connection. */
async function countMessages(
	connection: Connection,
	queues: readonly string[],
): Promise<Map<string, number>> {
	const channel = await connection.createChannel();
	// A missing queue closes the channel, and an error without a listener ends the process.
	channel.on('error', () => undefined);
	const counts = new Map<string, number>();
	for (const queue of queues) counts.set(queue, (await channel.checkQueue(queue)).messageCount);
	await closeSoon(channel);
	return counts;
}

/**
 * Logs why connecting fails: once, however often it fails, and again when the reason changes, as from a restart to a refused login. Returns
 * a function that says whether there is a connection.
 */
function watchConnection(connection: Connection, logger: Logger): () => boolean {
	let isConnected = false;
	let loggedReason: string | undefined;
	connection.on('connect', () => {
		isConnected = true;
		loggedReason = undefined;
		connected.set(1);
	});
	connection.on('connect-failed', (error) => {
		const reason = String(error);
		if (reason !== loggedReason) logger.warn('broker.unreachable', { error });
		loggedReason = reason;
	});
	connection.on('disconnect', () => {
		logger.warn('broker.disconnected');
		isConnected = false;
		connected.set(0);
		disconnects.inc();
	});
	connection.on('error', (error) => logger.warn('broker.connection_failed', { error }));
	return () => isConnected;
}

/** Connects, in the background if the broker is down: until then publishing rejects, and consumers start later. */
export async function connectBroker(options: BrokerOptions): Promise<Broker> {
	const connection = await openConnection(options);
	const channels: ManagedChannel[] = [];
	const isConnected = watchConnection(connection, options.logger);
	return {
		openManagedChannel(setUp) {
			const channel = openManagedChannel(connection, options.logger, setUp);
			channels.push(channel);
			return channel;
		},
		async ping() {
			// Without a connection, createChannel waits for one: after an outage, each ping would open a channel.
			if (!isConnected()) throw unavailable('RabbitMQ', new Error('not connected'));
			await ping(connection);
			const stalledMs = confirmWatch.stalledMs();
			if (stalledMs < STALLED_AFTER_MS) return;
			throw unavailable('RabbitMQ', new Error(`no confirm for ${Math.round(stalledMs / 1_000)} s`));
		},
		async countMessages(queues) {
			if (!isConnected()) throw unavailable('RabbitMQ', new Error('not connected'));
			return await countMessages(connection, queues);
		},
		async close() {
			await Promise.all(channels.map((channel) => channel.close()));
			await closeSoon(connection);
		},
	};
}
