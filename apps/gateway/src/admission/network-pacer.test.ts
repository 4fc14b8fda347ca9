import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurnOfTheLoop } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { createNetworkPacer } from './network-pacer.ts';

/** Returns a pacer whose clock stands still, so that delays don't end within a test. */
function pacerOf(options: { burst: number; perSecond?: number }) {
	return createNetworkPacer({
		name: 'own_responses',
		perSecond: 0.001,
		capacity: 10,
		monotonicMs: () => 0,
		...options,
	});
}

function exchangeFrom(clientNetwork: string) {
	const res = Object.assign(new EventEmitter(), { closed: false });
	return { clientNetwork, res: res as unknown as ServerResponse & { closed: boolean } };
}

function leave({ res }: ReturnType<typeof exchangeFrom>): void {
	Object.assign(res, { closed: true });
	res.emit('close');
}

async function isPending(wait: undefined | Promise<void>): Promise<boolean> {
	let pending = wait !== undefined;
	void wait?.then(() => {
		pending = false;
	});
	await nextTurnOfTheLoop();
	return pending;
}

describe('a network', () => {
	test('continues at once within its burst, and waits beyond it while other networks continue', async () => {
		const pacer = pacerOf({ burst: 2 });
		const [first, second, third] = [1, 2, 3].map(() => exchangeFrom('a'));
		expect([first, second].map((one) => one && pacer.wait(one))).toEqual([undefined, undefined]);
		const waiting = pacer.wait(third as ReturnType<typeof exchangeFrom>);
		expect(await isPending(waiting)).toBe(true);
		expect(pacer.wait(exchangeFrom('b'))).toBeUndefined();
		leave(third as ReturnType<typeof exchangeFrom>);
		await waiting;
	});

	test('continues after its delay', async () => {
		const pacer = pacerOf({ burst: 1, perSecond: 1_000 });
		expect(pacer.wait(exchangeFrom('a'))).toBeUndefined();
		await pacer.wait(exchangeFrom('a'));
	});

	test('waits for the minimum delay within its burst', async () => {
		const waiting = exchangeFrom('a');
		const wait = pacerOf({ burst: 1 }).wait(waiting, 60_000);
		expect(await isPending(wait)).toBe(true);
		leave(waiting);
		await wait;
	});

	test('pays nothing for clients that disconnect during the delay', async () => {
		const pacer = pacerOf({ burst: 1 });
		await pacer.wait(exchangeFrom('a'));
		const leaving = Array.from({ length: 100 }, () => exchangeFrom('a'));
		const waits = leaving.map((one) => pacer.wait(one));
		leaving.forEach(leave);
		await Promise.all(waits);
		pacer.refund(exchangeFrom('a'));
		expect(pacer.wait(exchangeFrom('a'))).toBeUndefined();
	});

	test('pays nothing for a client that has disconnected', () => {
		const pacer = pacerOf({ burst: 1 });
		const gone = exchangeFrom('a');
		leave(gone);
		expect([pacer.wait(gone), pacer.wait(exchangeFrom('a'))]).toEqual([undefined, undefined]);
	});

	test('leaves no listener after a wait', async () => {
		const pacer = pacerOf({ burst: 1, perSecond: 1_000 });
		await pacer.wait(exchangeFrom('a'));
		const paced = exchangeFrom('a');
		await pacer.wait(paced);
		expect(paced.res.listenerCount('close')).toBe(0);
	});
});
