const PAUSE_MS = 20;

/** Retries until it stops throwing. Rejects with the last error after `forMs`. */
export async function until<T>(attempt: () => Promise<T> | T, forMs = 15_000): Promise<T> {
	const endsAtMs = Date.now() + forMs;
	for (;;) {
		try {
			return await attempt();
		} catch (error) {
			if (Date.now() > endsAtMs) throw error;
			await pause(PAUSE_MS);
		}
	}
}

export async function pause(ms: number): Promise<void> {
	await new Promise((resolve) => setTimeout(resolve, ms));
}
