import { AppError } from '@creatorr/contracts/errors';

/** The right to run a job at full priority. */
export interface Permit {
	/** Aborted when the job loses its permit. It continues at low priority. */
	deprioritized: AbortSignal;
	/** Gives the permit to the next job now, because this one takes long. */
	deprioritize(): void;
	/** Adds time that the job spent waiting for a CPU, which does not count as run time. */
	addCpuWait(ms: number): void;
	/** Releases the permit when the job has ended; further calls do nothing. */
	release(): void;
}

export interface FullPrioritySemaphore {
	/** Resolves when a permit is free. Rejects with `upstream_unavailable` once the semaphore is closed. */
	acquire(): Promise<Permit>;
	/** Rejects all calls of `acquire` that wait, and those to come. */
	close(): void;
}

/** Not caused by the message: it returns to its queue, and another worker takes it. */
const closedError = () =>
	new AppError('upstream_unavailable', 'This worker is shutting down and takes no more jobs.');

/**
 * A first-in, first-out semaphore for jobs at full priority. A job that runs longer than `longMs` loses its permit to the next and continues at low
 * priority. So a few heavy jobs never block small ones, and a job waits for a permit at most
 * `longMs` for each job before it.
 */
export function createFullPrioritySemaphore({
	permits,
	longMs,
}: {
	permits: number;
	longMs: number;
}): FullPrioritySemaphore {
	const waiting: PromiseWithResolvers<void>[] = [];
	let free = permits;
	let isClosed = false;

	function releaseOne(): void {
		const next = waiting.shift();
		if (next) next.resolve();
		else free += 1;
	}

	async function acquireOne(): Promise<void> {
		if (isClosed) throw closedError();
		if (free > 0) {
			free -= 1;
			return;
		}
		const acquired = Promise.withResolvers<void>();
		waiting.push(acquired);
		await acquired.promise;
	}

	return {
		async acquire() {
			await acquireOne();
			return createPermit(longMs, releaseOne);
		},
		close() {
			isClosed = true;
			for (const acquired of waiting.splice(0)) acquired.reject(closedError());
		},
	};
}

/** Calls `releaseOne` once: when the job is deprioritized, or when it ends before. */
function createPermit(longMs: number, releaseOne: () => void): Permit {
	const deprioritized = new AbortController();
	let isReleased = false;
	let endsAtMs = performance.now() + longMs;
	const check = () => {
		const remainingMs = endsAtMs - performance.now();
		if (remainingMs > 0) timer = setTimeout(check, Math.ceil(remainingMs)).unref();
		else deprioritized.abort();
	};
	let timer = setTimeout(check, longMs).unref();
	deprioritized.signal.addEventListener('abort', releaseOne, { once: true });
	return {
		deprioritized: deprioritized.signal,
		deprioritize() {
			if (!isReleased) deprioritized.abort();
		},
		addCpuWait(ms) {
			endsAtMs += ms;
		},
		release() {
			if (isReleased) return;
			isReleased = true;
			clearTimeout(timer);
			if (!deprioritized.signal.aborted) releaseOne();
		},
	};
}
