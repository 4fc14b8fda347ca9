import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when the condition holds. The test's own timeout limits the wait. */
export async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
	while (!(await condition())) await sleep(10);
}
