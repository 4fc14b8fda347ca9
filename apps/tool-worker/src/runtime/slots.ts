/** So many at once; the others wait in the order in which they came. */
export interface Slots {
	/** Resolves, when a slot is free, to how to give it back. Rejects with the signal's reason once aborted. */
	take(signal: AbortSignal): Promise<() => void>;
}

export function createSlots(count: number): Slots {
	let free = count;
	const waiting = new Set<() => void>();

	function giveBack(): void {
		const next = waiting.values().next().value;
		if (next) next();
		else free += 1;
	}

	return {
		async take(signal) {
			signal.throwIfAborted();
			if (free > 0) {
				free -= 1;
				return giveBack;
			}
			const turn = Promise.withResolvers<void>();
			const stepIn = () => {
				waiting.delete(stepIn);
				turn.resolve();
			};
			const leave = () => {
				waiting.delete(stepIn);
				turn.reject(signal.reason);
			};
			waiting.add(stepIn);
			signal.addEventListener('abort', leave, { once: true });
			await turn.promise;
			signal.removeEventListener('abort', leave);
			return giveBack;
		},
	};
}
