import { EventEmitter } from 'node:events';
import { afterEach, expect, jest, test } from '@jest/globals';
import type { ConfirmChannel } from 'amqplib';
import { publishConfirmed } from './publish-confirmed.ts';

const message = { exchange: 'e', routingKey: 'k', messageId: 'm', content: Buffer.alloc(0), options: {} };

afterEach(() => {
	jest.useRealTimers();
});

test('a message that was returned without a confirm can be published again', async () => {
	jest.useFakeTimers();
	const publish = jest.fn<ConfirmChannel['publish']>();
	const channel = Object.assign(new EventEmitter(), { publish });
	const first = publishConfirmed(channel as unknown as ConfirmChannel, message);
	channel.emit('return', { properties: { messageId: 'm' } });
	jest.advanceTimersByTime(10_000);
	await expect(first).rejects.toMatchObject({ code: 'upstream_unavailable' });
	publish.mockImplementation((_exchange, _key, _content, _options, confirm) => {
		confirm?.(null, { properties: {} } as never);
		return true;
	});
	await publishConfirmed(channel as unknown as ConfirmChannel, message);
});
