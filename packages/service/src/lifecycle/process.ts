import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTracing } from '@creatorr/telemetry/start-tracing';
import type { Logger } from '../logging/logger.ts';
import { ConfigError } from './config.ts';
import { returnIdleMemory } from './idle-memory.ts';

/** Time limit of a drain. Then the rest is aborted. */
export const DRAIN_MS = 10_000;
const CLOSE_IDLE_MS = 50;
/** Longer than our clients keep a connection, so that no server closes one that a request is about to use. */
const KEEP_ALIVE_MS = 65_000;

/** Listens. Resolves when connections are accepted, rejects if the port is taken. */
export async function listen(
	handler: RequestListener,
	options: { host: string; port: number },
): Promise<Server> {
	const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, handler);
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(options.port, options.host, resolve);
	});
	return server;
}

/** Returns the port of a server, also if the system chose it. */
export function portOf(server: Server): number {
	return (server.address() as AddressInfo).port;
}

/** Stops accepting connections, lets requests finish for at most `drainMs`, and then closes all connections. */
export async function closeServer(server: Server, drainMs = DRAIN_MS): Promise<void> {
	const closed = new Promise<void>((resolve) => server.close(() => resolve()));
	// Repeatedly: a keep-alive connection becomes idle when its request ends, and does not close by itself.
	const idle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_MS);
	const timer = setTimeout(() => server.closeAllConnections(), drainMs);
	await closed;
	clearInterval(idle);
	clearTimeout(timer);
}

/**
 * Runs a process. `start` starts everything and returns how to stop it. The process exits with 0 after SIGTERM or SIGINT and `stop`, and with 1
 * if it can't start, after an uncaught error, or if `stop` takes longer than `stopWithinMs`. The supervisor then restarts it. Exports traces
 * under the service's name if the environment says so.
 */
export async function runProcess(
	{
		service,
		logger,
		stopWithinMs = DRAIN_MS + 2_000,
	}: { service: string; logger: Logger; stopWithinMs?: number },
	start: () => Promise<() => Promise<void>>,
): Promise<void> {
	const fail = (event: string) => (error: unknown) => {
		logger.error(event, { error });
		process.exit(1);
	};
	process.on('uncaughtException', fail('process.uncaught'));
	process.on('unhandledRejection', fail('process.unhandled'));
	const tracing = await startTracing(service).catch(fail('process.start_failed'));
	const stopWork = await start().catch(fail('process.start_failed'));
	const memory = returnIdleMemory(logger);
	const stop = () => stopWork().finally(memory.stop).finally(tracing.stop);
	let stopping = false;
	const shutDown = (signal: string) => {
		if (stopping) return;
		stopping = true;
		logger.info('process.stopping', { signal });
		setTimeout(fail('process.stop_timed_out'), stopWithinMs, new Error('the drain did not end')).unref();
		stop().then(() => {
			logger.info('process.stopped');
			process.exit(0);
		}, fail('process.stop_failed'));
	};
	process.on('SIGTERM', shutDown);
	process.on('SIGINT', shutDown);
	// Last, because a reader of this line may end the process.
	logger.info('process.started', { pid: process.pid });
}

/** Reads the configuration. Exits with its error on standard error if it is wrong, as there is no logger yet. */
export function configOrExit<C>(load: () => C): C {
	try {
		return load();
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		process.stderr.write(`${error.message}\n`);
		process.exit(1);
	}
}
