import { type AddressInfo, connect as connectSocket, createServer, type Socket } from 'node:net';
import { AppError } from '@creatorr/contracts/errors';
import {
	accountVerified,
	type EventEnvelope,
	jobCanceled,
	jobFinished,
	jobRequested,
	newEvent,
} from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { currentRequestId } from '@creatorr/service/context';
import { createVirtualHost } from '@creatorr/testing/virtual-host';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { ConfirmChannel } from 'amqplib';
import { type Broker, connectBroker } from './connection.ts';
import { REASON_HEADER, startConsumer } from './consumer.ts';
import { createPublisher, type Publish } from './publisher.ts';
import { withRawChannel } from './testing/raw-channel.ts';
import { DEAD_LETTER_EXCHANGE, EVENTS_EXCHANGE, QUEUES, toolQueue } from './topology.ts';

const ignore = () => undefined;
const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

let host: Awaited<ReturnType<typeof createVirtualHost>>;
let broker: Broker;
let publish: Publish;

beforeAll(async () => {
	host = await createVirtualHost();
	broker = await connectBroker({
		url: host.url,
		name: 'messaging-test',
		logger,
		tools: ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
	});
	publish = createPublisher(broker);
	await waitFor(() => publish(newEvent(jobCanceled, { job_id: newId('job') }, newId('req'))));
});

afterAll(async () => {
	await broker.close();
	await host.drop();
});

const requested = (tool: string) => newEvent(jobRequested, { job_id: newId('job'), tool }, newId('req'));

/** A TCP proxy whose connections can be cut. */
async function startProxy(target: string) {
	const { hostname, port } = new URL(target);
	const sockets = new Set<Socket>();
	const server = createServer((client) => {
		const upstream = connectSocket(Number(port), hostname);
		for (const socket of [client, upstream]) {
			sockets.add(socket);
			socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
		}
		client.pipe(upstream).pipe(client);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = new URL(target);
	url.port = String((server.address() as AddressInfo).port);
	const cut = () => {
		for (const socket of sockets) socket.destroy();
	};
	return { url: url.href, cut, close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

function takeDeadLetter(): Promise<{ reason: unknown; content: string }> {
	return waitFor(() =>
		withRawChannel(host.url, async (channel) => {
			const message = await channel.get(QUEUES.deadLetters, { noAck: true });
			if (!message) throw new Error('no dead letter yet');
			return { reason: message.properties.headers?.[REASON_HEADER], content: message.content.toString() };
		}),
	);
}

describe('publishing and consuming', () => {
	test('delivers an event under its request id', async () => {
		const got: { event: EventEnvelope; requestId: string }[] = [];
		const consumer = startConsumer(broker, {
			queue: toolQueue('a'),
			definition: jobRequested,
			prefetch: 2,
			logger,
			handle: async (event) => {
				got.push({ event, requestId: currentRequestId() });
			},
		});
		const event = requested('a');
		await publish(event);
		await waitFor(() => expect(got).toHaveLength(1));
		expect(got[0]).toEqual({ event, requestId: event.request_id });
		await consumer.stop();
	});

	test('rejects an event that no queue is bound for', async () => {
		await expect(publish(requested('nobody'))).rejects.toMatchObject({ code: 'upstream_unavailable' });
	});

	test('delivers a broadcast to every consumer, or to none', async () => {
		const received: string[] = [];
		const listeners = ['one', 'two'].map((name) =>
			startConsumer(broker, {
				queue: { broadcast: true },
				definition: jobCanceled,
				prefetch: 1,
				logger,
				handle: async () => {
					received.push(name);
				},
			}),
		);
		await waitFor(async () => {
			await publish(newEvent(jobCanceled, { job_id: newId('job') }, newId('req')));
			expect(new Set(received)).toEqual(new Set(['one', 'two']));
		});
		await Promise.all(listeners.map((listener) => listener.stop()));
		await publish(newEvent(jobCanceled, { job_id: newId('job') }, newId('req')));
	});
});

describe('a message that cannot be handled', () => {
	test('is dead-lettered with its reason if it is invalid', async () => {
		const consumer = startConsumer(broker, {
			queue: QUEUES.jobsJobFinished,
			definition: jobFinished,
			prefetch: 1,
			logger,
			handle: async () => undefined,
		});
		await withRawChannel(host.url, async (channel) => {
			channel.publish(EVENTS_EXCHANGE, jobFinished.type, Buffer.from('{"type":"job.finished"}'));
			await channel.waitForConfirms();
		});
		const letter = await takeDeadLetter();
		expect(letter.content).toBe('{"type":"job.finished"}');
		expect(String(letter.reason)).toContain('version');
		await consumer.stop();
	});

	test('is delivered again if it can’t be dead-lettered', async () => {
		const warnings: string[] = [];
		const consumer = startConsumer(broker, {
			queue: QUEUES.filesAccountVerified,
			definition: accountVerified,
			prefetch: 1,
			logger: { ...logger, warn: (name: string) => warnings.push(name) },
			handle: async () => undefined,
		});
		await withRawChannel(host.url, async (channel) => {
			await channel.unbindQueue(QUEUES.deadLetters, DEAD_LETTER_EXCHANGE, '#');
			channel.publish(EVENTS_EXCHANGE, accountVerified.type, Buffer.from('{"type":"account.verified"}'));
			await channel.waitForConfirms();
			await waitFor(() => expect(warnings).toEqual(['event.settle_failed']));
			await channel.bindQueue(QUEUES.deadLetters, DEAD_LETTER_EXCHANGE, '#');
		});
		expect((await takeDeadLetter()).content).toBe('{"type":"account.verified"}');
		await consumer.stop();
	});

	test('is dead-lettered after a few bugs and statement timeouts, also for jobs, and logged under its request id', async () => {
		let tries = 0;
		const errors: object[] = [];
		const logError = (name: string, fields: object = {}) =>
			errors.push({ name, requestId: currentRequestId(), ...fields });
		const consumer = startConsumer(broker, {
			queue: toolQueue('b'),
			definition: jobRequested,
			prefetch: 1,
			logger: { ...logger, error: logError },
			handle: async () => {
				tries += 1;
				throw tries <= 3 ? new TypeError('a bug') : Object.assign(new Error('too slow'), { code: '57014' });
			},
		});
		const event = requested('b');
		await publish(event);
		expect(JSON.parse((await takeDeadLetter()).content)).toEqual(event);
		expect(tries).toBe(5);
		const { id, type, request_id: requestId } = event;
		expect(errors).toEqual([
			{ name: 'event.dead_lettered', requestId, type, event_id: id, reason: 'too slow' },
		]);
		await withRawChannel(host.url, async (channel) => {
			const message = await channel.get(QUEUES.jobsDeadLetters, { noAck: true });
			expect(message && JSON.parse(message.content.toString())).toEqual(event);
		});
		await consumer.stop();
	});

	test('is retried for as long as a dependency is down', async () => {
		let tries = 0;
		const consumer = startConsumer(broker, {
			queue: toolQueue('c'),
			definition: jobRequested,
			prefetch: 1,
			logger,
			handle: async () => {
				tries += 1;
				if (tries < 8) throw new AppError('upstream_unavailable', 'away');
			},
		});
		await publish(requested('c'));
		await waitFor(() => expect(tries).toBe(8), 25_000);
		await consumer.stop();
		await withRawChannel(host.url, async (channel) => {
			expect((await channel.checkQueue(toolQueue('c'))).messageCount).toBe(0);
		});
	});
});

describe('after a channel is lost', () => {
	test('a consumer whose queue was deleted subscribes again', async () => {
		let handled = 0;
		const consumer = startConsumer(broker, {
			queue: toolQueue('d'),
			definition: jobRequested,
			prefetch: 1,
			logger,
			handle: async () => {
				handled += 1;
			},
		});
		await publish(requested('d'));
		await waitFor(() => expect(handled).toBe(1));
		await withRawChannel(host.url, async (channel) => {
			await channel.deleteQueue(toolQueue('d'));
			await channel.assertQueue(toolQueue('d'), {
				durable: true,
				arguments: {
					'x-queue-type': 'quorum',
					'x-dead-letter-exchange': 'creatorr.dead-letters',
					'x-dead-letter-strategy': 'at-least-once',
					'x-overflow': 'reject-publish',
					'x-delivery-limit': -1,
				},
			});
			await channel.bindQueue(toolQueue('d'), EVENTS_EXCHANGE, 'job.requested.d');
		});
		await waitFor(async () => {
			await publish(requested('d'));
			expect(handled).toBeGreaterThan(1);
		});
		await consumer.stop();
	});

	test('publishing and consuming continue, and an unacknowledged message is redelivered', async () => {
		const proxy = await startProxy(host.url);
		const cutBroker = await connectBroker({ url: proxy.url, name: 'cut', logger, tools: ['e'] });
		const publishThere = createPublisher(cutBroker);
		const gate = Promise.withResolvers<void>();
		const seen: string[] = [];
		const consumer = startConsumer(cutBroker, {
			queue: toolQueue('e'),
			definition: jobRequested,
			prefetch: 1,
			logger,
			handle: async (event) => {
				seen.push(event.id);
				if (seen.length === 1) await gate.promise;
			},
		});
		const event = requested('e');
		await waitFor(() => publishThere(event));
		await waitFor(() => expect(seen).toEqual([event.id]));
		proxy.cut();
		gate.resolve();
		await waitFor(() => expect(seen).toEqual([event.id, event.id]));
		const next = requested('e');
		await waitFor(() => publishThere(next));
		await waitFor(() => expect(seen).toContain(next.id));
		await consumer.stop();
		await cutBroker.close();
		await proxy.close();
	});

	test('a message that is being handled when the consumer stops is completed first', async () => {
		const gate = Promise.withResolvers<void>();
		let state = 'waiting';
		const consumer = startConsumer(broker, {
			queue: toolQueue('f'),
			definition: jobRequested,
			prefetch: 1,
			logger,
			handle: async () => {
				state = 'running';
				await gate.promise;
				state = 'done';
			},
		});
		await publish(requested('f'));
		await waitFor(() => expect(state).toBe('running'));
		const stopped = consumer.stop();
		gate.resolve();
		await stopped;
		expect(state).toBe('done');
	});

	test('a message between two retries is requeued when the consumer stops', async () => {
		let tries = 0;
		const consumer = startConsumer(broker, {
			queue: toolQueue('g'),
			definition: jobRequested,
			prefetch: 1,
			logger,
			handle: async () => {
				tries += 1;
				throw new AppError('upstream_unavailable', 'away');
			},
		});
		await publish(requested('g'));
		await waitFor(() => expect(tries).toBeGreaterThan(0));
		await consumer.stop();
		await waitFor(() =>
			withRawChannel(host.url, async (channel) => {
				expect((await channel.checkQueue(toolQueue('g'))).messageCount).toBe(1);
			}),
		);
	});
});

test('after a lost connection, each reason why there is no new one is logged once', async () => {
	const warn = jest.fn();
	const proxy = await startProxy(host.url);
	const lost = await connectBroker({ url: proxy.url, name: 'lost', logger: { ...logger, warn } });
	await waitFor(() => lost.ping());
	const closed = proxy.close();
	proxy.cut();
	await closed;
	const reasons = () => warn.mock.calls.filter(([event]) => event === 'broker.unreachable');
	await waitFor(() => expect(reasons()).toHaveLength(1));
	let refused = 0;
	const refusing = createServer((socket) => {
		refused += 1;
		socket.destroy();
	});
	await new Promise<void>((resolve) =>
		refusing.listen(Number(new URL(proxy.url).port), '127.0.0.1', resolve),
	);
	await waitFor(() => expect(refused).toBeGreaterThanOrEqual(3));
	expect(reasons()).toEqual([
		[
			'broker.unreachable',
			{ error: expect.objectContaining({ message: expect.stringContaining('ECONNREFUSED') }) },
		],
		[
			'broker.unreachable',
			{ error: expect.objectContaining({ message: expect.stringContaining('closed') }) },
		],
	]);
	await lost.close();
	await new Promise((resolve) => refusing.close(resolve));
});

test('a channel that is closed while it is being prepared stays closed', async () => {
	const preparing = Promise.withResolvers<ConfirmChannel>();
	const managedChannel = broker.openManagedChannel(async (channel) => preparing.resolve(channel));
	const channel = await preparing.promise;
	await managedChannel.close();
	await expect(async () => await channel.checkExchange(EVENTS_EXCHANGE)).rejects.toThrow(/closed/i);
});

test('publishing while the broker is down is rejected at once', async () => {
	const lonely = await connectBroker({ url: 'amqp://127.0.0.1:1', name: 'lonely', logger });
	const publishLonely = createPublisher(lonely);
	await expect(publishLonely(requested('a'))).rejects.toMatchObject({ code: 'upstream_unavailable' });
	await expect(lonely.ping()).rejects.toBeDefined();
	await lonely.close();
});

test('countMessages returns the ready messages of each queue', async () => {
	const before = await broker.countMessages([toolQueue('b'), QUEUES.deadLetters]);
	expect([...before.keys()]).toEqual([toolQueue('b'), QUEUES.deadLetters]);
	await publish(requested('b'));
	await publish(requested('b'));
	await waitFor(async () => {
		const counts = await broker.countMessages([toolQueue('b')]);
		expect(counts.get(toolQueue('b'))).toBe((before.get(toolQueue('b')) ?? 0) + 2);
	});
	await expect(broker.countMessages(['no.such.queue'])).rejects.toThrow();
	await expect(broker.ping()).resolves.toBeUndefined();
});

describe('ping while publishes wait', () => {
	/** Fills a queue so that the broker confirms no message of this tool. */
	async function fillQueueOf(tool: string): Promise<void> {
		await withRawChannel(host.url, async (channel) => {
			const options = { arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' } };
			await channel.assertQueue('full', { durable: true, ...options });
			await channel.bindQueue('full', EVENTS_EXCHANGE, `job.requested.${tool}`);
		});
		await publish(requested(tool));
	}

	test('rejects once the broker has confirmed nothing for a minute, until it confirms a publish', async () => {
		await fillQueueOf('h');
		const nowMs = performance.now.bind(performance);
		let passedMs = 0;
		const clock = jest.spyOn(performance, 'now').mockImplementation(() => nowMs() + passedMs);
		try {
			for (passedMs of [0, 20_000, 40_000]) {
				await expect(publish(requested('h'))).rejects.toMatchObject({ code: 'upstream_unavailable' });
				await expect(broker.ping()).resolves.toBeUndefined();
			}
			passedMs = 60_000;
			await expect(broker.ping()).rejects.toMatchObject({
				code: 'upstream_unavailable',
				cause: expect.objectContaining({ message: expect.stringMatching(/^no confirm for 6\d s$/) }),
			});
			await publish(requested('b'));
			await expect(broker.ping()).resolves.toBeUndefined();
		} finally {
			clock.mockRestore();
		}
	});
});
