import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { baseConfigSchema, loadConfig } from './config.ts';
import { defineService, type RunningService, startService } from './define-service.ts';
import type { Listen } from './start-tasks.ts';
import { defineTask, type Task } from './task.ts';

const HOUR_MS = 3_600_000;
const ignore = () => undefined;
const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const config = loadConfig(baseConfigSchema, {
	PORT: '0',
	INTERNAL_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
	INTERNAL_KEYS: JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'gateway' }] }),
});

/** Events in order. */
let events: string[] = [];
let running: RunningService<unknown> | undefined;

afterEach(async () => {
	await running?.stop();
	running = undefined;
	events = [];
});

type Definition = Parameters<typeof defineService<typeof config, object>>[0];

async function start(definition: Partial<Definition>): Promise<RunningService<object>> {
	const service = defineService<typeof config, object>({
		name: 'example',
		readConfig: () => config,
		connect: () => ({}),
		checks: () => ({}),
		...definition,
	});
	const started = await startService(service, { config, logger });
	running = started;
	return started;
}

const part = (name: string) => ({
	start() {
		events.push(`${name} started`);
		return { stop: () => events.push(`${name} stopped`) };
	},
});

/** Returns a task whose first run ends some time after it is stopped. */
function slowTask(name: string, options: Partial<Task<object>> = {}): Task<object> {
	return defineTask({
		name,
		everyMs: HOUR_MS,
		async run(_deps, stopping) {
			while (!stopping.aborted) await sleep(1);
			await sleep(20);
			events.push(`${name} ended`);
		},
		...options,
	});
}

describe('a service', () => {
	test('listens on its private port after its start', async () => {
		const { port } = await start({});
		const response = await fetch(`http://127.0.0.1:${port}/health/ready`);
		expect(await response.json()).toEqual({ data: { status: 'ok' } });
	});

	test('is not ready while a check fails', async () => {
		const { port } = await start({
			checks: () => ({ postgres: () => Promise.reject(new Error('away')) }),
		});
		expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(503);
	});

	test('waits for running tasks, then stops those that finish their work, then closes connections', async () => {
		const { stop } = await start({
			connect({ onDrain, onClose }) {
				onDrain(() => events.push('drained'));
				onClose(() => events.push('first connection closed'));
				onClose(() => events.push('last connection closed'));
				return {};
			},
			metrics: [part('metric')],
			consumers: [part('consumer')],
			tasks: [slowTask('outbox', { stopsLast: true }), slowTask('sweep')],
		});
		await stop();
		expect(events).toEqual([
			...['metric started', 'consumer started'],
			...['drained', 'consumer stopped', 'sweep ended', 'outbox ended'],
			...['metric stopped', 'last connection closed', 'first connection closed'],
		]);
	});

	test('aborts what does not end in time, and still closes its connections', async () => {
		const { stop } = await start({
			connect({ onClose }) {
				onClose(() => events.push('closed'));
				return {};
			},
			tasks: [defineTask({ name: 'frozen', everyMs: HOUR_MS, run: () => new Promise(ignore) })],
			drainMs: () => 20,
		});
		await stop();
		expect(events).toEqual(['closed']);
	});

	test('runs no task after its drain has timed out, not even those that stop last', async () => {
		const signals: AbortSignal[] = [];
		const { stop } = await start({
			connect({ onClose }) {
				onClose(() => events.push(...signals.map(({ aborted }) => `aborted ${aborted}`)));
				return {};
			},
			tasks: [
				defineTask({ name: 'frozen', everyMs: HOUR_MS, run: () => new Promise(ignore) }),
				defineTask({
					name: 'last',
					everyMs: HOUR_MS,
					stopsLast: true,
					runsAtStop: true,
					run: async (_deps, stopping) => void signals.push(stopping),
				}),
			],
			drainMs: () => 20,
		});
		await stop();
		expect(events).toEqual(['aborted true']);
	});

	test('closes what it has opened when it can’t start', async () => {
		const failing = start({
			connect({ onClose }) {
				onClose(() => events.push('closed'));
				return {};
			},
			consumers: [
				part('consumer'),
				{
					start() {
						throw new Error('no queue');
					},
				},
			],
		});
		await expect(failing).rejects.toThrow('no queue');
		expect(events).toEqual(['consumer started', 'consumer stopped', 'closed']);
	});

	test('with closesPortLast serves its private port until everything else is closed', async () => {
		let url = '';
		const { port, stop } = await start({
			closesPortLast: true,
			connect({ onClose }) {
				onClose(async () => events.push(`answers ${(await fetch(url)).status}`));
				return {};
			},
		});
		url = `http://127.0.0.1:${port}/health/live`;
		await stop();
		expect(events).toEqual(['answers 200']);
		await expect(fetch(url)).rejects.toThrow();
	});

	test('opens public ports before its parts start, and starts none if that fails', async () => {
		const connect: Definition['connect'] = ({ onListening, onClose }) => {
			onListening(() => events.push('opened'));
			onClose(() => events.push('closed'));
			return {};
		};
		await start({ connect, consumers: [part('consumer')] });
		expect(events).toEqual(['opened', 'consumer started']);
		events = [];
		const taken: Definition['connect'] = (context) => {
			context.onListening(() => Promise.reject(new Error('taken')));
			return connect(context);
		};
		await expect(start({ connect: taken, consumers: [part('consumer')] })).rejects.toThrow('taken');
		expect(events).toEqual(['closed']);
	});

	test('starts nothing when its port is taken', async () => {
		const { port } = await start({});
		const second = defineService({
			name: 'second',
			readConfig: () => ({ ...config, PORT: port }),
			connect: () => ({}),
			checks: () => ({}),
			consumers: [part('consumer')],
		});
		const starting = startService(second, { config: second.readConfig({}), logger });
		await expect(starting).rejects.toThrow('EADDRINUSE');
		expect(events).toEqual([]);
	});

	test('refuses two tasks with one name', async () => {
		await expect(start({ tasks: [slowTask('a'), slowTask('a')] })).rejects.toThrow(
			'two tasks have the name a',
		);
	});

	test('refuses tasks that need notifications without a listener', async () => {
		await expect(start({ tasks: [slowTask('a', { on: ['changed'] })] })).rejects.toThrow('nothing listens');
	});
});

describe('a notification', () => {
	let notify: Parameters<Listen>[0] | undefined;

	const counting = (name: string, options: Partial<Task<object>> = {}) =>
		defineTask<object>({ name, everyMs: HOUR_MS, run: async () => void events.push(name), ...options });

	async function startListening(definition: Partial<Definition>) {
		return await start({
			connect({ useNotifications }) {
				useNotifications((options) => {
					notify = options;
					return { close: async () => undefined };
				});
				return {};
			},
			...definition,
		});
	}

	const untilSeen = async (count: number) => {
		while (events.length < count) await sleep(1);
	};

	test('wakes the tasks of its channel', async () => {
		await startListening({ tasks: [counting('on a', { on: ['a'] }), counting('on b', { on: ['b'] })] });
		await untilSeen(2);
		await sleep(5);
		notify?.onNotification('b', '');
		await untilSeen(3);
		expect(events.slice(2)).toEqual(['on b']);
		expect(notify?.channels).toEqual(['a', 'b']);
	});

	test('wakes every listening task after a reconnect, as some may be lost', async () => {
		await startListening({ tasks: [counting('on a', { on: ['a'] }), counting('by time')] });
		await untilSeen(2);
		await sleep(5);
		notify?.onReconnect();
		await untilSeen(3);
		await sleep(5);
		expect(events.slice(2)).toEqual(['on a']);
	});

	test('reaches subscriptions with its payload', async () => {
		await startListening({
			subscriptions: [
				{
					channel: 'job_changed',
					onNotification: (_deps, payload) => void events.push(payload),
					onReconnect: () => void events.push('reconnected'),
				},
			],
		});
		notify?.onReconnect();
		notify?.onNotification('job_changed', 'job_1');
		notify?.onNotification('other', 'job_2');
		expect(events).toEqual(['reconnected', 'job_1']);
	});

	test('of the service itself wakes one of its tasks', async () => {
		let wake: () => void = ignore;
		const task = counting('dispatch');
		await startListening({
			connect(context) {
				wake = () => context.wake(task);
				return {};
			},
			tasks: [task],
		});
		await untilSeen(1);
		await sleep(5);
		wake();
		await untilSeen(2);
		expect(events).toEqual(['dispatch', 'dispatch']);
	});
});
