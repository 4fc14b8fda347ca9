import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { createService } from '../http/create-service.ts';
import type { HealthCheck } from '../http/health.ts';
import { createIdentityVerifier } from '../http/identity.ts';
import type { Route } from '../http/route.ts';
import { createLogger, type Logger, logFormatOf } from '../logging/logger.ts';
import type { baseConfigSchema } from './config.ts';
import { closeServer, configOrExit, DRAIN_MS, listen, portOf, runProcess } from './process.ts';
import { startTask, type Task } from './task.ts';

type BaseConfig = z.output<typeof baseConfigSchema>;

/** Something that runs until it is stopped: a consumer of a queue, a metric that is read at each scrape. */
export interface Part<Deps> {
	start(deps: Deps): { stop(): unknown };
}

/** Calls a function for each notification on a Postgres channel. */
export interface Subscription<Deps> {
	channel: string;
	onNotification(deps: Deps, payload: string): void;
	/** Listening has begun, for the first time or again: earlier notifications may have been missed. */
	onReconnect(deps: Deps): void;
}

/** Listens on these channels until it is closed; `listenOn` in packages/database makes one. */
export type Listen = (options: {
	channels: readonly string[];
	onNotification(channel: string, payload: string): void;
	onReconnect(): void;
	onLost(error: unknown): void;
}) => { close(): Promise<void> };

/** What `connect` works with. */
export interface ServiceContext<Config> {
	name: string;
	config: Config;
	logger: Logger;
	/** Runs a task of this service soon. */
	wake(task: Pick<Task<never>, 'name'>): void;
	/** Says how tasks and subscriptions get their notifications. */
	useNotifications(listen: Listen): void;
	/** Registers a call for when the private port listens, such as one that opens a public port. When it rejects, the start fails. */
	onListening(open: () => unknown): void;
	/** Registers a call for the beginning of a shutdown, such as one that ends long polls. */
	onDrain(drain: () => unknown): void;
	/** Registers a call for the end of a shutdown, or of a start that failed. The last registered is called first. */
	onClose(close: () => unknown): void;
}

/** One service: all that its process does, in one place. Parts are started in the order of these fields. */
export interface ServiceDefinition<Config extends BaseConfig, Deps> {
	name: string;
	/** Throws a ConfigError that names every wrong variable. */
	readConfig(environment: NodeJS.ProcessEnv): Config;
	/** Connects to what the service needs, and returns what its parts work with. What is away now must be connected later. */
	connect(context: ServiceContext<Config>): Promise<Deps> | Deps;
	/** What readiness depends on, by name. */
	checks(deps: NoInfer<Deps>): Record<string, HealthCheck>;
	/** What operators may read on the private port, at `/health/<name>`: numbers and times, nothing of a user. */
	reports?(deps: NoInfer<Deps>): Record<string, () => Promise<object>>;
	routes?: readonly ((deps: NoInfer<Deps>) => Route)[];
	metrics?: readonly Part<NoInfer<Deps>>[];
	consumers?: readonly Part<NoInfer<Deps>>[];
	tasks?: readonly Task<NoInfer<Deps>>[];
	subscriptions?: readonly Subscription<NoInfer<Deps>>[];
	/**
	 * Whether the private port answers until everything else is closed, as where it carries commands that requests under way depend
	 * on. Otherwise it drains with the rest.
	 */
	closesPortLast?: boolean;
	/** How long requests, consumers and tasks may take to end, 10 s unless given; what is left then is cut. */
	drainMs?(config: Config): number;
}

/** Declares a service; `runService` makes it a process, `startService` starts it within one. */
export function defineService<Config extends BaseConfig, Deps>(
	definition: ServiceDefinition<Config, Deps>,
): ServiceDefinition<Config, Deps> {
	return definition;
}

export interface RunningService<Deps> {
	deps: Deps;
	/** That its private port listens on. */
	port: number;
	/** Drains, then closes every connection. Further calls return the same promise. */
	stop(): Promise<void>;
}

/** How long the last requests of a private port that closes last may take. */
const LAST_REQUESTS_MS = 1_000;

/** Calls all, the last added first; the first error is thrown once all were called. */
async function callAll(calls: (() => unknown)[]): Promise<void> {
	const errors: unknown[] = [];
	for (const call of calls.toReversed()) {
		try {
			await call();
		} catch (error) {
			errors.push(error);
		}
	}
	if (errors.length > 0) throw errors[0];
}

/** Starts tasks and passes them the notifications that wake them. */
function startTasks<Config extends BaseConfig, Deps>(
	{ tasks = [], subscriptions = [] }: ServiceDefinition<Config, Deps>,
	{ deps, logger, listen }: { deps: Deps; logger: Logger; listen: Listen | undefined },
) {
	const names = new Set<string>();
	for (const { name } of tasks) {
		if (names.has(name)) throw new Error(`two tasks are called ${name}`);
		names.add(name);
	}
	const channels = [
		...new Set([...tasks.flatMap(({ on = [] }) => on), ...subscriptions.map(({ channel }) => channel)]),
	];
	if (channels.length > 0 && !listen) throw new Error('nothing listens for the notifications of tasks');
	const running = new Map(tasks.map((task) => [task.name, startTask(task, { deps, logger })]));
	const wakeAll = (matches: (task: Task<Deps>) => boolean) => {
		for (const task of tasks) if (matches(task)) running.get(task.name)?.wake();
	};
	const listener =
		channels.length > 0 &&
		listen?.({
			channels,
			onNotification(channel, payload) {
				wakeAll(({ on = [] }) => on.includes(channel));
				for (const one of subscriptions) if (one.channel === channel) one.onNotification(deps, payload);
			},
			onReconnect() {
				wakeAll(({ on = [] }) => on.length > 0);
				for (const one of subscriptions) one.onReconnect(deps);
			},
			onLost: (error) => logger.warn('database.listener_lost', { error }),
		});
	const stopThose = async (stopsLast: boolean) => {
		const ending = tasks.filter((task) => (task.stopsLast ?? false) === stopsLast);
		await Promise.all(ending.map(({ name }) => running.get(name)?.stop()));
	};
	return {
		wake: (name: string) => running.get(name)?.wake(),
		stop: () => stopThose(false),
		async stopRest() {
			if (listener) await listener.close();
			await stopThose(true);
		},
	};
}

/**
 * Starts a service and resolves once its private port listens. When a part can't start, what was started is stopped and the error
 * is thrown. Stopping: requests, consumers and tasks end first, at the same time; then tasks that stop last; then connections.
 */
export async function startService<Config extends BaseConfig, Deps>(
	definition: ServiceDefinition<Config, Deps>,
	{ config, logger }: { config: Config; logger: Logger },
): Promise<RunningService<Deps>> {
	const opens: (() => unknown)[] = [];
	const drains: (() => unknown)[] = [];
	const closes: (() => unknown)[] = [];
	let listenForTasks: Listen | undefined;
	let tasks: ReturnType<typeof startTasks> | undefined;
	const drainMs = definition.drainMs?.(config) ?? DRAIN_MS;

	async function stop(): Promise<void> {
		// Work that a frozen dependency holds up may be cut: another process does it again.
		const timeout = sleep(drainMs, 'timed out', { ref: false });
		const drain = async () => {
			const ended = await Promise.allSettled([...drains.map(async (call) => call()), tasks?.stop()]);
			await tasks?.stopRest();
			const failed = ended.find(({ status }) => status === 'rejected');
			if (failed?.status === 'rejected') throw failed.reason;
		};
		const outcome = await Promise.race([drain(), timeout]).finally(() => callAll(closes));
		if (outcome === 'timed out') logger.warn('process.drain_timed_out', { drain_ms: drainMs });
	}

	try {
		const deps = await definition.connect({
			name: definition.name,
			config,
			logger,
			wake: ({ name }) => tasks?.wake(name),
			useNotifications(listen) {
				listenForTasks = listen;
			},
			onListening: (call) => opens.push(call),
			onDrain: (call) => drains.push(call),
			onClose: (call) => closes.push(call),
		});
		// First, so that the parts below may rely on being reached, and nothing has begun when the port is taken.
		const server = await listenForRequests(definition, { deps, config, logger });
		if (definition.closesPortLast) closes.unshift(() => closeServer(server, LAST_REQUESTS_MS));
		else drains.push(() => closeServer(server, drainMs));
		for (const open of opens) await open();
		for (const metric of definition.metrics ?? []) closes.push(metric.start(deps).stop);
		for (const consumer of definition.consumers ?? []) drains.push(consumer.start(deps).stop);
		tasks = startTasks(definition, { deps, logger, listen: listenForTasks });
		let stopped: Promise<void> | undefined;
		return {
			deps,
			port: portOf(server),
			stop() {
				stopped ??= stop();
				return stopped;
			},
		};
	} catch (error) {
		await stop().catch((stopError: unknown) => logger.warn('process.stop_failed', { error: stopError }));
		throw error;
	}
}

async function listenForRequests<Config extends BaseConfig, Deps>(
	definition: ServiceDefinition<Config, Deps>,
	{ deps, config, logger }: { deps: Deps; config: Config; logger: Logger },
): Promise<Server> {
	const { routes = [], reports } = definition;
	const app = createService({
		logger,
		verifyIdentity: createIdentityVerifier(config.INTERNAL_KEYS),
		routes: routes.map((route) => route(deps)),
		checks: definition.checks(deps),
		...(reports && { reports: reports(deps) }),
	});
	return await listen(app, { host: config.HOST, port: config.PORT });
}

/** Runs the service as this process, until a signal ends it. */
export async function runService<Config extends BaseConfig, Deps>(
	definition: ServiceDefinition<Config, Deps>,
): Promise<void> {
	const { name: service } = definition;
	const config = configOrExit(() => definition.readConfig(process.env));
	const logger = createLogger({ service, level: config.LOG_LEVEL, format: logFormatOf(config) });
	const stopWithinMs = (definition.drainMs?.(config) ?? DRAIN_MS) + 2_000;
	await runProcess({ service, logger, stopWithinMs }, async () => {
		return (await startService(definition, { config, logger })).stop;
	});
}
