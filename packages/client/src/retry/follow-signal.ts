/** A signal that aborts with another one, or by `abort`. */
export interface FollowingSignal {
	signal: AbortSignal;
	abort(reason: unknown): void;
	/** Removes the listener. Without it, the other signal would keep this one in memory. */
	release(): void;
}

/** Replaces AbortSignal.any in engines that lack it. */
export function followSignal(followed: AbortSignal | undefined): FollowingSignal {
	const controller = new AbortController();
	const onAbort = () => controller.abort(followed?.reason);
	if (followed?.aborted) onAbort();
	followed?.addEventListener('abort', onAbort);
	return {
		signal: controller.signal,
		abort: (reason) => controller.abort(reason),
		release: () => followed?.removeEventListener('abort', onAbort),
	};
}
