import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 250;

/**
 * Asks again and again until the process says that it is ready.
 * @returns the time (ms since the epoch) at which it was; or that it ended or was asked to end before; or that the
 * deadline passed
 */
export async function untilReady(
	checkReady: () => Promise<void>,
	{ exited, stopping, deadline }: { exited: Promise<unknown>; stopping: AbortSignal; deadline: number },
): Promise<number | 'ended' | 'late'> {
	const ended = new AbortController();
	void exited.then(() => ended.abort());
	const over = AbortSignal.any([ended.signal, stopping]);
	let pauseMs = FIRST_PAUSE_MS;
	while (!over.aborted) {
		const ready = await checkReady().then(
			() => true,
			() => false,
		);
		if (over.aborted) break;
		if (ready) return Date.now();
		if (Date.now() > deadline) return 'late';
		await sleep(pauseMs, undefined, { signal: over }).catch(() => undefined);
		pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS);
	}
	return 'ended';
}
