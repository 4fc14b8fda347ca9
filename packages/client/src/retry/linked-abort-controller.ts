/** Its signal aborts with the parent signal, or by `abort`. */
export interface LinkedAbortController {
	signal: AbortSignal;
	abort(reason: unknown): void;
	/** Removes the listener. Without it, the parent would keep this signal in memory. */
	release(): void;
}

/** Replaces AbortSignal.any in engines that lack it. */
export function createLinkedAbortController(parent: AbortSignal | undefined): LinkedAbortController {
	const controller = new AbortController();
	const onAbort = () => controller.abort(parent?.reason);
	if (parent?.aborted) onAbort();
	parent?.addEventListener('abort', onAbort);
	return {
		signal: controller.signal,
		abort: (reason) => controller.abort(reason),
		release: () => parent?.removeEventListener('abort', onAbort),
	};
}
