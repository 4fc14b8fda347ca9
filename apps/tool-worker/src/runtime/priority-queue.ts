import { AppError } from '@creatorr/contracts/errors';

export interface Permit {
	/** Aborted when the job has run for long: it goes on behind others from then on. */
	deprioritized: AbortSignal;
	/** Makes room at once: the job is known to take long. */
	deprioritize(): void;
	/** So much of the job's time went to others who had the processors: it does not count as time that it took. */
	waited(ms: number): void;
	leave(): void;
}

export interface PriorityQueue {
	/** Resolves when there is room for one more job. Rejects with `upstream_unavailable` once the queue is closed. */
	enter(): Promise<Permit>;
	/** Lets no more jobs in, nor those that wait. */
	close(): void;
}

/** Not an error of the message: it goes back to its queue, and another worker takes it. */
const closed = () => new AppError('upstream_unavailable', 'this worker stops and takes no more jobs');

/**
 * The fast lane: as many jobs as the machine has cores to give run at full priority. One that takes longer than `longMs` makes
 * room for the next and goes on at low priority, so that a few heavy jobs never keep the small ones waiting, and a job waits
 * for a permit no longer than that for each one before it.
 */
export function createPriorityQueue({ permits, longMs }: { permits: number; longMs: number }): PriorityQueue {
	const waiting: PromiseWithResolvers<void>[] = [];
	let free = permits;
	let isClosed = false;

	function release(): void {
		const next = waiting.shift();
		if (next) next.resolve();
		else free += 1;
	}

	async function take(): Promise<void> {
		if (isClosed) throw closed();
		if (free > 0) {
			free -= 1;
			return;
		}
		const turn = Promise.withResolvers<void>();
		waiting.push(turn);
		await turn.promise;
	}

	return {
		async enter() {
			await take();
			const deprioritized = new AbortController();
			const left = new AbortController();
			let endsAtMs = performance.now() + longMs;
			const check = () => {
				const remainingMs = endsAtMs - performance.now();
				if (remainingMs > 0) timer = setTimeout(check, Math.ceil(remainingMs)).unref();
				else deprioritized.abort();
			};
			let timer = setTimeout(check, longMs).unref();
			left.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
			deprioritized.signal.addEventListener('abort', release, { once: true });
			return {
				deprioritized: deprioritized.signal,
				deprioritize() {
					if (!left.signal.aborted) deprioritized.abort();
				},
				waited(ms) {
					endsAtMs += ms;
				},
				leave() {
					if (left.signal.aborted) return;
					left.abort();
					if (!deprioritized.signal.aborted) release();
				},
			};
		},
		close() {
			isClosed = true;
			for (const turn of waiting.splice(0)) turn.reject(closed());
		},
	};
}
