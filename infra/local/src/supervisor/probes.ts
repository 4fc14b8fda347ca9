import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagedProcess } from './process.ts';

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 250;

const errorOf = (check: () => Promise<void>): Promise<unknown> =>
	check().then(
		() => undefined,
		(error: unknown) => error ?? new Error('failed'),
	);

/**
 * Repeats the readiness check until it passes.
 * @returns the time (ms since the epoch) at which it passed; `ended` when `ended` aborts first; `late` after `deadline`
 */
export async function waitUntilReady(
	checkReady: () => Promise<void>,
	{ ended, deadline }: { ended: AbortSignal; deadline: number },
): Promise<number | 'ended' | 'late'> {
	let pauseMs = FIRST_PAUSE_MS;
	while (!ended.aborted) {
		const error = await errorOf(checkReady);
		if (ended.aborted) break;
		if (error === undefined) return Date.now();
		if (Date.now() > deadline) return 'late';
		await sleep(pauseMs, undefined, { signal: ended }).catch(() => undefined);
		pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS);
	}
	return 'ended';
}

/**
 * Runs a process's liveness check at its interval.
 * @returns why the process counts as unresponsive; undefined when `ended` aborts first
 */
export async function watchLiveness(
	{ check, intervalMs, failAfterMs }: NonNullable<ManagedProcess['liveness']>,
	ended: AbortSignal,
): Promise<string | undefined> {
	let failingSince: number | undefined;
	while (!ended.aborted) {
		const error = await errorOf(check);
		const now = performance.now();
		if (error === undefined) failingSince = undefined;
		else failingSince ??= now;
		if (failingSince !== undefined && now - failingSince >= failAfterMs) {
			return error instanceof Error ? error.message : String(error);
		}
		await sleep(intervalMs, undefined, { signal: ended }).catch(() => undefined);
	}
	return undefined;
}
