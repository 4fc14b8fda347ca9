/** Runs work when its turn comes, and settles as the work does. Work of one key runs in order. */
export type RoundRobinQueue = <T>(key: string, work: () => T | Promise<T>) => Promise<T>;

/** Creates a queue that runs at most `concurrency` at a time. Keys whose work waits take turns, however much one of them has. */
export function createRoundRobinQueue(concurrency: number): RoundRobinQueue {
	/** In the order of their turns. */
	const waiting = new Map<string, (() => void)[]>();
	let running = 0;

	function startNext(): void {
		const [next] = waiting;
		if (!next) {
			running -= 1;
			return;
		}
		const [key, [start, ...others]] = next;
		// Moves the key to the end.
		waiting.delete(key);
		if (others.length > 0) waiting.set(key, others);
		start?.();
	}

	async function waitForTurn(key: string): Promise<void> {
		if (running < concurrency) {
			running += 1;
			return;
		}
		const turn = Promise.withResolvers<void>();
		const others = waiting.get(key);
		if (others) others.push(turn.resolve);
		else waiting.set(key, [turn.resolve]);
		await turn.promise;
	}

	return async (key, work) => {
		await waitForTurn(key);
		try {
			return await work();
		} finally {
			startNext();
		}
	};
}
