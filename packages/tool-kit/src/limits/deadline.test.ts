import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { SAMPLE_LIMITS } from '../testing/sample-manifest.ts';
import { deadlineMs, type RunClock, startRunClock } from './deadline.ts';

describe('deadlineMs', () => {
	test('grows with the input', () => {
		expect(deadlineMs(SAMPLE_LIMITS, { sizeBytes: 2 * 1024 * 1024 })).toBe(2000);
	});

	test('grows with pages that were counted', () => {
		const perPage = { ...SAMPLE_LIMITS, deadline: { ...SAMPLE_LIMITS.deadline, perPageMs: 100 } };
		expect(deadlineMs(perPage, { sizeBytes: 1024 * 1024, pages: 3 })).toBe(1800);
		expect(deadlineMs(SAMPLE_LIMITS, { sizeBytes: 1024 * 1024, pages: 3 })).toBe(1500);
	});

	test('stops at the cap', () => {
		expect(deadlineMs(SAMPLE_LIMITS, { sizeBytes: 1024 ** 4 })).toBe(3000);
	});
});

describe('the clock of a run', () => {
	const ALLOWED_MS = 50;
	const LONG_MS = 60_000;

	let clock: RunClock;
	afterEach(() => clock.stop());

	test('aborts the run when the allowed time is over', async () => {
		clock = startRunClock(ALLOWED_MS);
		await once(clock.signal, 'abort');
		expect(clock.signal.reason).toMatchObject({
			code: 'timeout',
			message: expect.stringMatching(/time limit of 0 seconds/),
		});
	});

	test.each<[string, (clock: RunClock) => void]>([
		['a long wait for a CPU', ({ addCpuWait }) => addCpuWait(LONG_MS)],
		['an extension of the allowed time', ({ allow }) => allow(LONG_MS)],
	])('does not abort the run at the first deadline after %s', async (_, change) => {
		clock = startRunClock(ALLOWED_MS);
		change(clock);
		await sleep(5 * ALLOWED_MS);
		expect(clock.signal.aborted).toBe(false);
	});

	test('aborts the run after the allowed time and the time that it spent waiting for a CPU', async () => {
		clock = startRunClock(ALLOWED_MS);
		clock.addCpuWait(2 * ALLOWED_MS);
		await once(clock.signal, 'abort');
	});

	test('ignores a shorter allowed time than before', async () => {
		clock = startRunClock(LONG_MS);
		clock.allow(0);
		await sleep(ALLOWED_MS);
		expect(clock.signal.aborted).toBe(false);
	});
});
