import { setTimeout as delay } from 'node:timers/promises';

/** Runs `task` again and again until the signal aborts. The task says how many milliseconds after its start it is due again. */
export async function repeat(task: () => Promise<number>, signal: AbortSignal): Promise<void> {
	while (!signal.aborted) {
		const startedAtMs = performance.now();
		const everyMs = await task();
		const leftMs = Math.max(0, startedAtMs + everyMs - performance.now());
		await delay(leftMs, undefined, { signal }).catch(() => undefined);
	}
}
