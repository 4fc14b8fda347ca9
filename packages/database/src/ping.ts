import { setTimeout as sleep } from 'node:timers/promises';
import type { RawQueryClient } from './prisma-types.ts';

/** Resolves if the database responds within the timeout. Rejects otherwise. */
export async function ping(prisma: RawQueryClient, timeoutMs = 2_000): Promise<void> {
	const answered = new AbortController();
	try {
		await Promise.race([prisma.$queryRaw`SELECT 1`, rejectAfter(timeoutMs, answered.signal)]);
	} finally {
		answered.abort();
	}
}

async function rejectAfter(timeoutMs: number, signal: AbortSignal): Promise<void> {
	await sleep(timeoutMs, undefined, { signal }).catch(() => undefined);
	if (!signal.aborted) throw new Error(`the database did not answer within ${timeoutMs} ms`);
}
