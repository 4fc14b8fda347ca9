import { AppError } from '@creatorr/contracts/errors';

interface LineOptions {
	/** How many pieces of work go on at once. */
	concurrency: number;
	/** How many more may wait for their turn. */
	maxWaiting: number;
	/** Told to those who find the line full. */
	retryAfterSeconds: number;
}

/** Runs the work when it is its turn. Throws `rate_limited` at once when the line is full, and when the client goes away. */
export type BoundedLine = <T>(work: () => Promise<T>, clientGone: AbortSignal) => Promise<T>;

/**
 * First come, first served. A full line is 429 and not 503: nothing is down, everything but signing in goes on, and nobody
 * who watches for failures is to be woken by a flood. Work that waits for a client that has gone is dropped.
 */
export function createBoundedLine(options: LineOptions): BoundedLine {
	const waiting = new Set<() => void>();
	let running = 0;

	function refuse(why: string): AppError {
		return new AppError('rate_limited', 'too many people are signing in; try again in a moment', {
			cause: new Error(why),
			retryAfterSeconds: options.retryAfterSeconds,
		});
	}

	async function waitForTurn(clientGone: AbortSignal): Promise<void> {
		if (waiting.size >= options.maxWaiting) throw refuse('the line is full');
		const turn = Promise.withResolvers<void>();
		const start = () => turn.resolve();
		const leave = () => {
			waiting.delete(start);
			turn.reject(refuse('the client went away'));
		};
		waiting.add(start);
		clientGone.addEventListener('abort', leave, { once: true });
		await turn.promise.finally(() => clientGone.removeEventListener('abort', leave));
	}

	/** Hands the place to the next in line, or gives it back. */
	function leavePlace(): void {
		const [next] = waiting;
		if (!next) {
			running -= 1;
			return;
		}
		waiting.delete(next);
		next();
	}

	return async (work, clientGone) => {
		if (clientGone.aborted) throw refuse('the client went away');
		if (running < options.concurrency) running += 1;
		else await waitForTurn(clientGone);
		try {
			return await work();
		} finally {
			leavePlace();
		}
	};
}
