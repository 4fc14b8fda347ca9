import { expect, test } from '@jest/globals';
import { createConfirmWatch } from './confirm-watch.ts';

function watchAt() {
	const clock = { nowMs: 0 };
	return { clock, watch: createConfirmWatch(() => clock.nowMs) };
}

test('counts from the first unconfirmed publish, whatever fails after it', () => {
	const { clock, watch } = watchAt();
	for (const failedAtMs of [10_000, 22_000, 34_000]) {
		clock.nowMs = failedAtMs;
		watch.failed(failedAtMs - 10_000);
	}
	expect(watch.stalledMs()).toBe(34_000);
});

test('restarts at 0 with every confirm', () => {
	const { clock, watch } = watchAt();
	clock.nowMs = 10_000;
	watch.failed(0);
	watch.confirmed();
	expect(watch.stalledMs()).toBe(0);
	clock.nowMs = 21_000;
	watch.failed(20_000);
	expect(watch.stalledMs()).toBe(1_000);
});

test('resets failures when nothing is published any more', () => {
	const { clock, watch } = watchAt();
	clock.nowMs = 10_000;
	watch.failed(0);
	clock.nowMs = 100_000;
	expect(watch.stalledMs()).toBe(0);
	watch.failed(90_000);
	expect(watch.stalledMs()).toBe(10_000);
});
