/** Who takes turns. Without a user, the network as a whole. */
export interface Owner {
	network: string;
	userId?: string | undefined;
}

/**
 * Runs work when its turn comes, and settles as the work does. Work of one owner runs in order. If the signal is aborted before, removes the
 * work and rejects with the signal's reason.
 */
export type RoundRobinQueue = <T>(
	owner: Owner,
	work: () => T | Promise<T>,
	signal?: AbortSignal,
) => Promise<T>;

/** Returns the first entry, and moves it to the end. */
function rotate<V>(turns: Map<string, V>): [string, V] | undefined {
	const [first] = turns;
	if (!first) return undefined;
	turns.delete(first[0]);
	turns.set(...first);
	return first;
}

/**
 * Creates a queue that runs at most `concurrency` at a time. Networks whose work waits take turns, and so do the users of a network, however
 * much work or however many users one of them has.
 */
export function createRoundRobinQueue(concurrency: number): RoundRobinQueue {
	/** By network and user, in the order of their turns. */
	const waiting = new Map<string, Map<string, (() => void)[]>>();
	let running = 0;

	function takeNext(): (() => void) | undefined {
		const next = rotate(waiting);
		if (!next) return undefined;
		const [network, users] = next;
		const [userId = '', starts = []] = rotate(users) ?? [];
		const start = starts.shift();
		if (starts.length === 0) users.delete(userId);
		if (users.size === 0) waiting.delete(network);
		return start;
	}

	function startNext(): void {
		const start = takeNext();
		if (start) start();
		else running -= 1;
	}

	async function waitForTurn({ network, userId = '' }: Owner, signal?: AbortSignal): Promise<void> {
		if (running < concurrency) {
			running += 1;
			return;
		}
		const turn = Promise.withResolvers<void>();
		const users = waiting.get(network) ?? new Map<string, (() => void)[]>();
		waiting.set(network, users);
		const starts = users.get(userId) ?? [];
		starts.push(turn.resolve);
		users.set(userId, starts);
		signal?.addEventListener('abort', () => {
			const index = starts.indexOf(turn.resolve);
			if (index === -1) return;
			starts.splice(index, 1);
			if (starts.length === 0) users.delete(userId);
			if (users.size === 0) waiting.delete(network);
			turn.reject(signal.reason);
		});
		await turn.promise;
	}

	return async (owner, work, signal) => {
		await waitForTurn(owner, signal);
		try {
			return await work();
		} finally {
			startNext();
		}
	};
}
