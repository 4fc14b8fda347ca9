interface CachedReadOptions {
	/** How long a value is cached, in milliseconds from the start of its read. */
	maxAgeMs: number;
	monotonicMs?(): number;
}

/**
 * Returns a function that reads at most once per `maxAgeMs`, one read at a time: concurrent callers share it. A failed read is not cached;
 * its callers get the error, and the next call reads again.
 */
export function createCachedRead<T>(
	read: () => Promise<T>,
	{ maxAgeMs, monotonicMs = () => performance.now() }: CachedReadOptions,
): () => Promise<T> {
	let value: Promise<T> | undefined;
	let reading = false;
	let readAtMs = 0;

	return () => {
		if (value && (reading || monotonicMs() - readAtMs <= maxAgeMs)) return value;
		readAtMs = monotonicMs();
		reading = true;
		value = read().finally(() => {
			reading = false;
		});
		value.catch(() => {
			value = undefined;
		});
		return value;
	};
}
