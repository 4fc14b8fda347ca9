import { expect, test } from '@jest/globals';
import { createConfirmWatch } from './confirm-watch.ts';

function watchAt() {
	const clock = { nowMs: 0 };
	return { clock, watch: createConfirmWatch(() => clock.nowMs) };
}

test('counts from the first publish that waits, over all that fail after it', () => {
	const { clock, watch } = watchAt();
	for (const failedAtMs of [10_000, 22_000, 34_000]) {
		clock.nowMs = failedAtMs;
		watch.failed(failedAtMs - 10_000);
	}
	expect(watch.stalledMs()).toBe(34_000);
});

test('starts over at zero with every confirm', () => {
	const { clock, watch } = watchAt();
	clock.nowMs = 10_000;
	watch.failed(0);
	watch.confirmed();
	expect(watch.stalledMs()).toBe(0);
	clock.nowMs = 21_000;
	watch.failed(20_000);
	expect(watch.stalledMs()).toBe(1_000);
});

test('forgets failures once nothing is published any more', () => {
	const { clock, watch } = watchAt();
	clock.nowMs = 10_000;
	watch.failed(0);
	clock.nowMs = 100_000;
	expect(watch.stalledMs()).toBe(0);
	watch.failed(90_000);
	expect(watch.stalledMs()).toBe(10_000);
});
