import { setTimeout as delay } from 'node:timers/promises';

/** Within the timeout of a test. A process takes several seconds to start on a busy machine. */
const WAIT_MS = 25_000;

/** Waits until the condition holds. Throws after {@link WAIT_MS}. */
export async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
	const deadlineMs = performance.now() + WAIT_MS;
	while (!(await condition())) {
		if (performance.now() > deadlineMs) throw new Error('the condition did not hold in time');
		await delay(10);
	}
}
