import type { Logger } from '../logging/logger.ts';
import { startTask, type Task } from './task.ts';

/** Calls a function for each notification on a Postgres channel. */
export interface Subscription<Deps> {
	channel: string;
	onNotification(deps: Deps, payload: string): void;
	/** Listening has started or restarted: earlier notifications may be lost. */
	onReconnect(deps: Deps): void;
}

/** Listens on these channels until it is closed. `createNotificationListener` in packages/database is one. */
export type Listen = (options: {
	channels: readonly string[];
	onNotification(channel: string, payload: string): void;
	onReconnect(): void;
	onLost(error: unknown): void;
}) => { close(): Promise<void> };

/** The background work in a service's definition. */
interface TasksDefinition<Deps> {
	tasks?: readonly Task<Deps>[];
	subscriptions?: readonly Subscription<Deps>[];
}

interface TaskContext<Deps> {
	deps: Deps;
	logger: Logger;
	listen: Listen | undefined;
}

function requireUniqueNames(tasks: readonly Pick<Task<never>, 'name'>[]): void {
	const names = new Set<string>();
	for (const { name } of tasks) {
		if (names.has(name)) throw new Error(`two tasks have the name ${name}`);
		names.add(name);
	}
}

/** Starts tasks and passes them the notifications that wake them. */
export function startTasks<Deps>(
	{ tasks = [], subscriptions = [] }: TasksDefinition<Deps>,
	{ deps, logger, listen }: TaskContext<Deps>,
) {
	requireUniqueNames(tasks);
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
	const stopTasks = async (stopsLast: boolean) => {
		const ending = tasks.filter((task) => (task.stopsLast ?? false) === stopsLast);
		await Promise.all(ending.map(({ name }) => running.get(name)?.stop()));
	};
	return {
		wake: (name: string) => running.get(name)?.wake(),
		stop: () => stopTasks(false),
		async stopLast() {
			if (listener) await listener.close();
			await stopTasks(true);
		},
		/** Starts no further run, and waits for nothing. */
		abort() {
			for (const task of running.values()) task.abort();
			if (listener) listener.close().catch(() => undefined);
		},
	};
}
