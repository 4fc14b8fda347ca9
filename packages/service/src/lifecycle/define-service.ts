import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { createService } from '../http/create-service.ts';
import { setAppUrl } from '../http/error-docs.ts';
import type { HealthCheck } from '../http/health.ts';
import { createIdentityVerifier } from '../http/identity.ts';
import type { Route } from '../http/route.ts';
import { createLogger, type Logger, logFormatOf } from '../logging/logger.ts';
import type { baseConfigSchema, DeprecatedSetting } from './config.ts';
import { closeServer, configOrExit, DRAIN_MS, listen, portOf, runProcess } from './process.ts';
import { type Listen, type Subscription, startTasks } from './start-tasks.ts';
import type { Task } from './task.ts';

type BaseConfig = z.output<typeof baseConfigSchema>;

/** A part of a service that runs until it is stopped: a queue consumer, or a metric that is read at each scrape. */
export interface ServicePart<Deps> {
	start(deps: Deps): { stop(): unknown };
}

/** Argument of `connect`. */
export interface ServiceContext<Config> {
	name: string;
	config: Config;
	logger: Logger;
	/** Runs a task of this service soon. */
	wake(task: Pick<Task<never>, 'name'>): void;
	/** Sets how tasks and subscriptions get their notifications. */
	useNotifications(listen: Listen): void;
	/** Registers a call for when the private port listens, such as one that opens a public port. If it rejects, the start fails. */
	onListening(open: () => unknown): void;
	/** Registers a call for the beginning of a shutdown, such as one that ends long polls. */
	onDrain(drain: () => unknown): void;
	/** Registers a call for the end of a shutdown or of a failed start. The last registered is called first. */
	onClose(close: () => unknown): void;
}

/** A service: everything that its process does. Parts are started in the order of these fields. */
export interface ServiceDefinition<Config extends BaseConfig, Deps> {
	name: string;
	/** Throws a ConfigError that names every wrong variable. Calls `onDeprecated` for each variable with a deprecated name. */
	readConfig(environment: NodeJS.ProcessEnv, onDeprecated?: (setting: DeprecatedSetting) => void): Config;
	/** Connects to the dependencies and returns what the parts use. A dependency that is down must be connected later. */
	connect(context: ServiceContext<Config>): Promise<Deps> | Deps;
	/** Checks of readiness, by name. */
	checks(deps: NoInfer<Deps>): Record<string, HealthCheck>;
	/** Reports for operators on the private port, at `/health/<name>`: numbers and times, no data of users. */
	reports?(deps: NoInfer<Deps>): Record<string, () => Promise<object>>;
	routes?: readonly ((deps: NoInfer<Deps>) => Route)[];
	metrics?: readonly ServicePart<NoInfer<Deps>>[];
	consumers?: readonly ServicePart<NoInfer<Deps>>[];
	tasks?: readonly Task<NoInfer<Deps>>[];
	subscriptions?: readonly Subscription<NoInfer<Deps>>[];
	/**
	 * Whether the private port stays open until everything else is closed, for example if it serves commands that pending requests need.
	 * Otherwise it drains with the rest.
	 */
	closesPortLast?: boolean;
	/** How long requests, consumers and tasks may take to end, 10 s by default. Then they are aborted. */
	drainMs?(config: Config): number;
}

/** Declares a service. `runService` runs it as a process, `startService` within one. */
export function defineService<Config extends BaseConfig, Deps>(
	definition: ServiceDefinition<Config, Deps>,
): ServiceDefinition<Config, Deps> {
	return definition;
}

export interface RunningService<Deps> {
	deps: Deps;
	/** Its private port. */
	port: number;
	/** Drains, then closes every connection. Further calls return the same promise. */
	stop(): Promise<void>;
}

/** Time limit of the last requests on a private port that closes last. */
const LAST_REQUESTS_MS = 1_000;

/** Calls all, the last added first. Throws the first error after all calls. */
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

/** What a service has to stop. */
interface StartedParts {
	/** Calls that end requests and consumers. */
	drainCalls: (() => unknown)[];
	/** Calls that close connections, in the order in which these were opened. */
	closeCalls: (() => unknown)[];
	tasks?: ReturnType<typeof startTasks>;
}

/**
 * Ends requests, consumers and tasks concurrently; then tasks that stop last; then connections. What has not ended after `drainMs` is aborted,
 * and another process repeats that work.
 */
async function stopAll(
	{ drainCalls, closeCalls, tasks }: StartedParts,
	{ drainMs, logger }: { drainMs: number; logger: Logger },
): Promise<void> {
	const timeout = sleep(drainMs, 'timed out', { ref: false });
	const drain = async () => {
		const ended = await Promise.allSettled([...drainCalls.map(async (call) => call()), tasks?.stop()]);
		await tasks?.stopLast();
		const failed = ended.find(({ status }) => status === 'rejected');
		if (failed?.status === 'rejected') throw failed.reason;
	};
	const outcome = await Promise.race([drain(), timeout]).finally(async () => {
		// No task may use a connection that is being closed.
		tasks?.abort();
		await callAll(closeCalls);
	});
	if (outcome === 'timed out') logger.warn('process.drain_timed_out', { drain_ms: drainMs });
}

/**
 * Starts a service. Resolves when its private port listens. If a part can't start, stops what was started and throws the error.
 */
export async function startService<Config extends BaseConfig, Deps>(
	definition: ServiceDefinition<Config, Deps>,
	{ config, logger }: { config: Config; logger: Logger },
): Promise<RunningService<Deps>> {
	setAppUrl(config.APP_URL);
	const listenCalls: (() => unknown)[] = [];
	const started: StartedParts = { drainCalls: [], closeCalls: [] };
	const { drainCalls, closeCalls } = started;
	const drainMs = definition.drainMs?.(config) ?? DRAIN_MS;
	const stop = () => stopAll(started, { drainMs, logger });
	let listenForTasks: Listen | undefined;
	try {
		const deps = await definition.connect({
			name: definition.name,
			config,
			logger,
			wake: ({ name }) => started.tasks?.wake(name),
			useNotifications(listen) {
				listenForTasks = listen;
			},
			onListening: (call) => listenCalls.push(call),
			onDrain: (call) => drainCalls.push(call),
			onClose: (call) => closeCalls.push(call),
		});
		// First, so that the parts are reachable when they start, and nothing has started if the port is taken.
		const server = await listenForRequests(definition, { deps, config, logger });
		if (definition.closesPortLast) closeCalls.unshift(() => closeServer(server, LAST_REQUESTS_MS));
		else drainCalls.push(() => closeServer(server, drainMs));
		for (const call of listenCalls) await call();
		for (const metric of definition.metrics ?? []) closeCalls.push(metric.start(deps).stop);
		for (const consumer of definition.consumers ?? []) drainCalls.push(consumer.start(deps).stop);
		started.tasks = startTasks(definition, { deps, logger, listen: listenForTasks });
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

/** Runs the service as this process until a signal ends it. */
export async function runService<Config extends BaseConfig, Deps>(
	definition: ServiceDefinition<Config, Deps>,
): Promise<void> {
	const { name: service } = definition;
	const deprecated: DeprecatedSetting[] = [];
	const config = configOrExit(() =>
		definition.readConfig(process.env, (setting) => deprecated.push(setting)),
	);
	const logger = createLogger({ service, level: config.LOG_LEVEL, format: logFormatOf(config) });
	for (const setting of deprecated) logger.warn('config.deprecated_setting', { ...setting });
	const stopWithinMs = (definition.drainMs?.(config) ?? DRAIN_MS) + 2_000;
	await runProcess({ service, logger, stopWithinMs }, async () => {
		return (await startService(definition, { config, logger })).stop;
	});
}
