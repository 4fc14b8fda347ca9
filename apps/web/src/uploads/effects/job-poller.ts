import type { Client, Job } from '@creatorr/client';

const INTERVAL_MS = 2_500;
const PAGE_SIZE = 100;

/** Polls many jobs with one request. */
export interface JobPoller {
	/** Returns the job at the next poll, or null when it was deleted. Rejects with the signal's reason. */
	next(jobId: string, signal: AbortSignal): Promise<Job | null>;
}

type Waiter = (job: Job | null) => void;

export function createJobPoller(
	{ jobs }: { jobs: Pick<Client['jobs'], 'list' | 'get'> },
	intervalMs = INTERVAL_MS,
): JobPoller {
	const waiting = new Map<string, Set<Waiter>>();
	let isScheduled = false;

	function resolveWaiters(jobId: string, job: Job | null): void {
		const waiters = waiting.get(jobId) ?? [];
		waiting.delete(jobId);
		for (const resolve of waiters) resolve(job);
	}

	async function poll(): Promise<void> {
		isScheduled = false;
		const ids = [...waiting.keys()];
		try {
			const { data } = await jobs.list({ limit: PAGE_SIZE });
			for (const job of data) resolveWaiters(job.id, job);
			const older = ids.filter((id) => waiting.has(id) && !data.some((job) => job.id === id));
			for (const id of older) resolveWaiters(id, await jobs.get(id).catch(nullIfGone));
		} catch {
			// the next poll tries again
		}
		schedule();
	}

	function schedule(): void {
		if (waiting.size === 0 || isScheduled) return;
		isScheduled = true;
		setTimeout(() => void poll(), intervalMs);
	}

	return {
		next: (jobId, signal) =>
			new Promise((resolve, reject) => {
				if (signal.aborted) return reject(signal.reason);
				const waiters = waiting.get(jobId) ?? new Set();
				const onAbort = () => {
					waiters.delete(waiter);
					if (waiters.size === 0 && waiting.get(jobId) === waiters) waiting.delete(jobId);
					reject(signal.reason);
				};
				const waiter: Waiter = (job) => {
					signal.removeEventListener('abort', onAbort);
					resolve(job);
				};
				waiting.set(jobId, waiters.add(waiter));
				signal.addEventListener('abort', onAbort, { once: true });
				schedule();
			}),
	};
}

function nullIfGone(error: unknown): null {
	if ((error as { code?: unknown }).code === 'not_found') return null;
	throw error;
}
