/** Does it when the signal is aborted, at once where it is already. */
export function onAbort(signal: AbortSignal | undefined, action: () => void): { dispose(): void } {
	if (signal?.aborted) action();
	else signal?.addEventListener('abort', action, { once: true });
	return { dispose: () => signal?.removeEventListener('abort', action) };
}
