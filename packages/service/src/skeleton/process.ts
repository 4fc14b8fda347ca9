import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTracing } from '@creatorr/telemetry/start-tracing';
import type { Logger } from '../logging/logger.ts';
import { ConfigError } from './config.ts';
import { returnIdleMemory } from './idle-memory.ts';

/** A drain lasts no longer than this; what is left then is cut. */
export const DRAIN_MS = 10_000;
const CLOSE_IDLE_MS = 50;
/** Longer than any client of ours keeps a connection, so that a server never closes one that a request is just taking. */
const KEEP_ALIVE_MS = 65_000;

/** Listens; resolves once connections are accepted, rejects when the port is taken. */
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

/** The port that a server listens on, as chosen by the system for port 0. */
export function portOf(server: Server): number {
	return (server.address() as AddressInfo).port;
}

/** Stops accepting, lets requests finish for at most `drainMs`, then cuts the rest. */
export async function closeServer(server: Server, drainMs = DRAIN_MS): Promise<void> {
	const closed = new Promise<void>((resolve) => server.close(() => resolve()));
	// Again and again: a connection that is kept alive becomes idle, and does not close by itself, when its request ends.
	const idle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_MS);
	const timer = setTimeout(() => server.closeAllConnections(), drainMs);
	await closed;
	clearInterval(idle);
	clearTimeout(timer);
}

/**
 * Runs a process: `start` builds and listens and returns how to stop. The process ends with 0 after SIGTERM or SIGINT once
 * `stop` is done, with 1 when it can't start. An error that nobody caught ends it too: the supervisor starts it again, clean.
 * One whose `stop` takes longer than `stopWithinMs` ends with 1. Traces are kept under the service's name where the environment asks for them.
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
	// Last: who reads it may end the process.
	logger.info('process.started', { pid: process.pid });
}

/** Reads configuration, or ends the process with its message on standard error: there is no logger yet. */
export function configOrExit<C>(load: () => C): C {
	try {
		return load();
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		process.stderr.write(`${error.message}\n`);
		process.exit(1);
	}
}
