/** A signal that is aborted with another, or by itself. */
export interface FollowingSignal {
	signal: AbortSignal;
	abort(reason: unknown): void;
	/** Follows no more; without it the other signal would hold on to this one. */
	release(): void;
}

/** What AbortSignal.any does, for engines that lack it. */
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
