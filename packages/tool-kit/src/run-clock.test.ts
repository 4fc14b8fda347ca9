import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type RunClock, startRunClock } from './run-clock.ts';

const ALLOWED_MS = 50;
const LONG_MS = 60_000;

let clock: RunClock;
afterEach(() => clock.stop());

describe('the clock of a run', () => {
	test('ends it when its time is over', async () => {
		clock = startRunClock(ALLOWED_MS);
		await once(clock.signal, 'abort');
		expect(clock.signal.reason).toMatchObject({
			code: 'timeout',
			message: expect.stringMatching(/0 s allowed/),
		});
	});

	test.each<[string, (clock: RunClock) => void]>([
		['what it has waited', ({ waited }) => waited(LONG_MS)],
		['what it is allowed on top', ({ allow }) => allow(LONG_MS)],
	])('does not count %s', async (_, change) => {
		clock = startRunClock(ALLOWED_MS);
		change(clock);
		await sleep(5 * ALLOWED_MS);
		expect(clock.signal.aborted).toBe(false);
	});

	test('counts on when what it has waited is over', async () => {
		clock = startRunClock(ALLOWED_MS);
		clock.waited(2 * ALLOWED_MS);
		await once(clock.signal, 'abort');
	});

	test('takes nothing back that it has allowed', async () => {
		clock = startRunClock(LONG_MS);
		clock.allow(0);
		await sleep(ALLOWED_MS);
		expect(clock.signal.aborted).toBe(false);
	});
});
