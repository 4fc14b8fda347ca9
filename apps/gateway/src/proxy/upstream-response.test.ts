import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { relay } from './upstream-response.ts';

/** Relays an endless response to a client that reads nothing. */
function relayToNobody(maxMs?: number): Writable {
	const response = Object.assign(new PassThrough(), { headers: {} });
	response.write('a');
	const res = new Writable({ write: () => undefined });
	relay(response as unknown as IncomingMessage, res as unknown as ServerResponse, maxMs);
	return res;
}

describe('a long response', () => {
	test('is cut when its client does not read it in time', async () => {
		const res = relayToNobody(10);
		await once(res, 'close');
		expect(res.destroyed).toBe(true);
	});

	test('has no time limit if it is a stream', async () => {
		const res = relayToNobody();
		await delay(50);
		expect(res.destroyed).toBe(false);
		res.destroy();
	});
});
