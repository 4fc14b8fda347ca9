import { newEvent, planChanged } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { silent } from '@creatorr/testing/silent';
import { createVirtualHost } from '@creatorr/testing/virtual-host';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Broker, connectBroker } from './connection.ts';
import { startConsumer } from './consumer.ts';
import { type DeadLetter, type DeadLetters, openDeadLetters } from './dead-letters.ts';
import { createPublisher, type Publish } from './publisher.ts';
import { withRawChannel } from './testing/raw-channel.ts';
import { DEAD_LETTER_EXCHANGE, QUEUES } from './topology.ts';

let host: Awaited<ReturnType<typeof createVirtualHost>>;
let broker: Broker;
let publish: Publish;
let deadLetters: DeadLetters;

beforeAll(async () => {
	host = await createVirtualHost();
	broker = await connectBroker({ url: host.url, name: 'dead-letters-test', logger: silent });
	publish = createPublisher(broker);
	await waitFor(() => broker.ping());
	deadLetters = await openDeadLetters(host.url);
});

beforeEach(async () => {
	await withRawChannel(host.url, async (channel) => {
		for (const queue of Object.values(QUEUES)) await channel.purgeQueue(queue);
	});
});

afterAll(async () => {
	await deadLetters.close();
	await broker.close();
	await host.drop();
});

const changed = () => newEvent(planChanged, { user_id: newId('usr'), plan: 'pro', version: 1 }, newId('req'));

/** Consumes auth's queue for plan changes. Fails each message while `isBroken` returns true. */
function startReader(isBroken: () => boolean) {
	const handled: string[] = [];
	const consumer = startConsumer(broker, {
		queue: QUEUES.authPlanChanged,
		definition: planChanged,
		prefetch: 1,
		logger: silent,
		async handle({ id }) {
			if (isBroken()) throw new Error('no such column');
			handled.push(id);
		},
	});
	return { handled, stop: () => consumer.stop() };
}

async function listed(count: number): Promise<DeadLetter[]> {
	let found: DeadLetter[] = [];
	await waitFor(async () => {
		found = (await deadLetters.list(100)).messages;
		expect(found).toHaveLength(count);
	});
	return found;
}

const recordNothing = async () => undefined;

/** Publishes a message to the dead-letter exchange directly. */
async function deadLetter(routingKey: string, content: string, options: object = {}): Promise<void> {
	await withRawChannel(host.url, async (channel) => {
		channel.publish(DEAD_LETTER_EXCHANGE, routingKey, Buffer.from(content), { persistent: true, ...options });
		await channel.waitForConfirms();
	});
}

describe('dead-lettered messages', () => {
	test('are listed with the reason, queue and time, and stay in the queue', async () => {
		const reader = startReader(() => true);
		const event = changed();
		await waitFor(() => publish(event));
		const [message] = await listed(1);
		expect(message).toMatchObject({
			id: event.id,
			routingKey: 'plan.changed',
			reason: 'no such column',
			sourceQueue: QUEUES.authPlanChanged,
		});
		expect(JSON.parse(message?.content ?? '')).toEqual(event);
		expect(Math.abs((message?.deadLetteredAt?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
		await listed(1);
		await reader.stop();
	});

	test('are replayed to the consumer that couldn’t handle them, and leave the queue', async () => {
		let isBroken = true;
		const reader = startReader(() => isBroken);
		const [first, second] = [changed(), changed()];
		await waitFor(() => publish(first));
		await publish(second);
		await listed(2);
		isBroken = false;
		const { replayed } = await deadLetters.replay(({ id }) => id === second.id, recordNothing);
		expect(replayed.map(({ id }) => id)).toEqual([second.id]);
		await waitFor(() => expect(reader.handled).toEqual([second.id]));
		expect((await listed(1)).map(({ id }) => id)).toEqual([first.id]);
		await reader.stop();
	});

	test('are replayed with their original headers and content', async () => {
		const options = {
			messageId: 'evt_1',
			contentType: 'application/json',
			headers: { traceparent: '00-1-2-01', 'x-creatorr-reason': 'a bug', 'x-delivery-count': 7 },
		};
		await deadLetter('plan.changed', '{"a": 1}', options);
		await listed(1);
		await deadLetters.replay(() => true, recordNothing);
		const message = await withRawChannel(host.url, (channel) =>
			waitFor(async () => {
				const found = await channel.get(QUEUES.filesPlanChanged, { noAck: true });
				if (!found) throw new Error('not there yet');
				return found;
			}),
		);
		expect(message.content.toString()).toBe('{"a": 1}');
		expect(message.fields).toMatchObject({ exchange: 'creatorr.events', routingKey: 'plan.changed' });
		expect(message.properties).toMatchObject({
			messageId: 'evt_1',
			contentType: 'application/json',
			deliveryMode: 2,
			headers: { traceparent: '00-1-2-01' },
		});
		expect(Object.keys(message.properties.headers ?? {})).not.toContain('x-creatorr-reason');
	});

	test('that fail again return to the queue, and the replay ends', async () => {
		const reader = startReader(() => true);
		const event = changed();
		await waitFor(() => publish(event));
		await listed(1);
		expect((await deadLetters.replay(() => true, recordNothing)).replayed).toHaveLength(1);
		expect((await listed(1)).map(({ id }) => id)).toEqual([event.id]);
		await reader.stop();
	});

	test('of one event from several queues are replayed as one message', async () => {
		for (const _queue of ['auth', 'files']) await deadLetter('plan.changed', '{}', { messageId: 'evt_1' });
		await listed(2);
		expect((await deadLetters.replay(() => true, recordNothing)).replayed).toHaveLength(2);
		await listed(0);
		await waitFor(async () => {
			const counts = await broker.countMessages([QUEUES.authPlanChanged, QUEUES.filesPlanChanged]);
			expect([...counts.values()]).toEqual([1, 1]);
		});
	});

	test('that no queue is bound for stay, and don’t block the replay of others', async () => {
		await deadLetter('job.requested.nobody', '{}', { messageId: 'evt_1' });
		await deadLetter('plan.changed', '{}', { messageId: 'evt_2' });
		await listed(2);
		const { replayed, unroutable } = await deadLetters.replay(() => true, recordNothing);
		expect([replayed, unroutable].map((found) => found.map(({ id }) => id))).toEqual([['evt_2'], ['evt_1']]);
		expect((await listed(1)).map(({ id }) => id)).toEqual(['evt_1']);
	});

	test('stay when the action can’t be recorded', async () => {
		await deadLetter('plan.changed', '{}', { messageId: 'evt_1' });
		await listed(1);
		const fail = async () => Promise.reject(new Error('no database'));
		await expect(deadLetters.drop(() => true, fail)).rejects.toThrow('no database');
		// The broker requeues the message after the command has ended.
		await listed(1);
		await expect(deadLetters.replay(() => true, fail)).rejects.toThrow('no database');
		expect((await listed(1)).map(({ id }) => id)).toEqual(['evt_1']);
	});

	test('are dropped one by one', async () => {
		await deadLetter('plan.changed', '1', { messageId: 'evt_1' });
		await deadLetter('plan.changed', '2', { messageId: 'evt_2' });
		await listed(2);
		const dropped = await deadLetters.drop(({ id }) => id === 'evt_1', recordNothing);
		expect(dropped.map(({ id }) => id)).toEqual(['evt_1']);
		expect((await listed(1)).map(({ id }) => id)).toEqual(['evt_2']);
	});

	test('without an id get a digest of their content as id', async () => {
		await deadLetter('plan.changed', 'not even JSON');
		const [message] = await listed(1);
		expect(message).toMatchObject({
			id: expect.stringMatching(/^[0-9a-f]{16}$/),
			sourceQueue: null,
			deadLetteredAt: null,
		});
		expect(await deadLetters.drop(({ id }) => id === message?.id, recordNothing)).toHaveLength(1);
	});

	test('are listed up to a limit, with their total', async () => {
		for (const id of ['evt_1', 'evt_2', 'evt_3']) await deadLetter('plan.changed', '', { messageId: id });
		await listed(3);
		await waitFor(async () => {
			const found = await deadLetters.list(2);
			expect([found.total, found.messages.map(({ id }) => id)]).toEqual([3, ['evt_1', 'evt_2']]);
		});
	});

	test('of the broker itself show its reason', async () => {
		await withRawChannel(host.url, async (channel) => {
			channel.publish('creatorr.events', 'plan.changed', Buffer.from('{}'), { messageId: 'evt_1' });
			await channel.waitForConfirms();
			const delivery = await waitFor(async () => {
				const found = await channel.get(QUEUES.filesPlanChanged);
				if (!found) throw new Error('not there yet');
				return found;
			});
			channel.nack(delivery, false, false);
			const [message] = await listed(1);
			expect(message).toMatchObject({
				id: 'evt_1',
				reason: 'rejected',
				sourceQueue: QUEUES.filesPlanChanged,
			});
			expect(message?.deadLetteredAt).toBeInstanceOf(Date);
		});
	});
});

test('a broker that is down fails the command at once, and the error names it', async () => {
	await expect(openDeadLetters('amqp://127.0.0.1:1')).rejects.toMatchObject({
		code: 'upstream_unavailable',
		cause: { message: 'connect ECONNREFUSED 127.0.0.1:1' },
	});
});
