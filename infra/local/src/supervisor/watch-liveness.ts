import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagedProcess } from './process.ts';

/**
 * Runs a process's liveness check at its interval.
 * @returns why the process counts as unresponsive; undefined when `over` aborts first
 */
export async function watchLiveness(
	{ check, intervalMs, failAfterMs }: NonNullable<ManagedProcess['liveness']>,
	over: AbortSignal,
): Promise<string | undefined> {
	let failingSince: number | undefined;
	while (!over.aborted) {
		const error = await check().then(
			() => undefined,
			(reason: unknown) => reason,
		);
		const now = performance.now();
		if (error === undefined) failingSince = undefined;
		else failingSince ??= now;
		if (failingSince !== undefined && now - failingSince >= failAfterMs) {
			return error instanceof Error ? error.message : String(error);
		}
		await sleep(intervalMs, undefined, { signal: over }).catch(() => undefined);
	}
	return undefined;
}
