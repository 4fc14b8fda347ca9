import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;

/** Retries until the attempt stops throwing. Rejects with its last error after `forMs`. */
export async function waitFor<T>(attempt: () => Promise<T> | T, forMs = 15_000): Promise<T> {
	const endsAtMs = Date.now() + forMs;
	while (true) {
		try {
			return await attempt();
		} catch (error) {
			if (Date.now() > endsAtMs) throw error;
			await sleep(POLL_MS);
		}
	}
}
