import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when the condition holds; the test's own timeout ends a wait that is in vain. */
export async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
	while (!(await condition())) await sleep(10);
}
