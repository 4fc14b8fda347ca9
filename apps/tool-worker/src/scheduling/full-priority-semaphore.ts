import { AppError } from '@creatorr/contracts/errors';

/** The right to start a job at full priority. */
export interface Permit {
	/** Aborted when the job has run for long. It continues at low priority. */
	deprioritized: AbortSignal;
	/** Gives the permit to the next job now, because this one takes long. */
	deprioritize(): void;
	/** Adds time that the job spent waiting for a CPU, which does not count as run time. */
	addCpuWait(ms: number): void;
	/** Releases the permit when the job has ended; further calls do nothing. */
	release(): void;
}

export interface FullPrioritySemaphore {
	/** Resolves when the user gets a permit. Rejects with `upstream_unavailable` once the semaphore is closed. */
	acquire(userId: string): Promise<Permit>;
	/** Rejects all calls of `acquire` that wait, and those to come. */
	close(): void;
}

interface FullPrioritySemaphoreOptions {
	permits: number;
	/** Run time in milliseconds after which a job continues at low priority. */
	longMs: number;
	/** How many milliseconds a job keeps its permit while a user with fewer jobs waits. */
	timeSliceMs: number;
}

/** A job at full priority. */
interface RunningJob {
	userId: string;
	grantedAtMs: number;
	hasPermit: boolean;
}

/** Not caused by the message: it returns to its queue, and another worker takes it. */
const closedError = () =>
	new AppError('upstream_unavailable', 'This worker is shutting down and takes no more jobs.');

/**
 * A semaphore for jobs at full priority. The user with the fewest of them gets the next permit; users with as many take turns. A job that
 * runs longer than `longMs` loses its permit and continues at low priority.
 *
 * While a user waits, those with more jobs keep each permit for `timeSliceMs` only: the user with the most passes on the one that it has had
 * for longest. Its job continues as before, without a permit. So whatever others run, the job of a user who has none starts soon. Permits
 * bound how many jobs start at a time; the worker's messages bound how many run.
 */
export function createFullPrioritySemaphore({
	permits,
	longMs,
	timeSliceMs,
}: FullPrioritySemaphoreOptions): FullPrioritySemaphore {
	/** By user. The first one has waited longest for its turn. */
	const waiting = new Map<string, PromiseWithResolvers<Permit>[]>();
	/** In the order in which they got their permits. */
	const running = new Set<RunningJob>();
	let free = permits;
	let isClosed = false;
	let sliceEnd: NodeJS.Timeout | undefined;

	const countJobs = (userId: string) => [...running].filter((job) => job.userId === userId).length;

	function findNextUser(): string | undefined {
		let next: string | undefined;
		for (const userId of waiting.keys())
			if (next === undefined || countJobs(userId) < countJobs(next)) next = userId;
		return next;
	}

	/** Returns the job whose permit a waiting user gets when no permit is free, or undefined if no other user has more jobs. */
	function findJobToPassOn(waitingUserId: string): RunningJob | undefined {
		let found: RunningJob | undefined;
		for (const job of running)
			if (job.hasPermit && countJobs(job.userId) > countJobs(found?.userId ?? waitingUserId)) found = job;
		return found;
	}

	/** Grants all permits that are free or whose time slice has ended, and sets a timer for the end of the next one. */
	function grantPermits(): void {
		clearTimeout(sliceEnd);
		for (let userId = findNextUser(); userId !== undefined; userId = findNextUser()) {
			const job = free > 0 ? undefined : findJobToPassOn(userId);
			if (free === 0 && !job) return;
			const remainingMs = job ? job.grantedAtMs + timeSliceMs - performance.now() : 0;
			if (remainingMs > 0) {
				sliceEnd = setTimeout(grantPermits, Math.ceil(remainingMs)).unref();
				return;
			}
			if (job) releasePermit(job);
			grant(userId);
		}
	}

	function grant(userId: string): void {
		const [next, ...others] = waiting.get(userId) ?? [];
		waiting.delete(userId);
		if (others.length > 0) waiting.set(userId, others);
		const job = { userId, grantedAtMs: performance.now(), hasPermit: true };
		free -= 1;
		running.add(job);
		const onEnd = () => {
			running.delete(job);
			releasePermit(job);
			grantPermits();
		};
		next?.resolve(createPermit(longMs, onEnd));
	}

	function releasePermit(job: RunningJob): void {
		if (job.hasPermit) free += 1;
		job.hasPermit = false;
	}

	return {
		async acquire(userId) {
			if (isClosed) throw closedError();
			const acquired = Promise.withResolvers<Permit>();
			waiting.set(userId, [...(waiting.get(userId) ?? []), acquired]);
			grantPermits();
			return await acquired.promise;
		},
		close() {
			isClosed = true;
			for (const acquired of [...waiting.values()].flat()) acquired.reject(closedError());
			waiting.clear();
			clearTimeout(sliceEnd);
		},
	};
}

/** Calls `onEnd` once: when the job is deprioritized, or when it ends before. */
function createPermit(longMs: number, onEnd: () => void): Permit {
	const deprioritized = new AbortController();
	let isReleased = false;
	let endsAtMs = performance.now() + longMs;
	const check = () => {
		const remainingMs = endsAtMs - performance.now();
		if (remainingMs > 0) timer = setTimeout(check, Math.ceil(remainingMs)).unref();
		else deprioritized.abort();
	};
	let timer = setTimeout(check, longMs).unref();
	deprioritized.signal.addEventListener('abort', onEnd, { once: true });
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
			if (!deprioritized.signal.aborted) onEnd();
		},
	};
}
