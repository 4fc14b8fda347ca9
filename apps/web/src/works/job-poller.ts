import type { Client, Job } from '@creatorr/client';

const EVERY_MS = 2_500;
const PAGE = 100;

/** Looks at many jobs with one call. */
export interface JobPoller {
	/** The job as it is at the next look; null when there is none any more. Rejects with the signal's reason. */
	next(jobId: string, signal: AbortSignal): Promise<Job | null>;
}

type Answer = (job: Job | null) => void;

export function createJobPoller(
	{ jobs }: { jobs: Pick<Client['jobs'], 'list' | 'get'> },
	everyMs = EVERY_MS,
): JobPoller {
	const waiting = new Map<string, Set<Answer>>();
	let isDue = false;

	function answer(jobId: string, job: Job | null): void {
		const answers = waiting.get(jobId) ?? [];
		waiting.delete(jobId);
		for (const tell of answers) tell(job);
	}

	async function look(): Promise<void> {
		isDue = false;
		const wanted = [...waiting.keys()];
		try {
			const { data } = await jobs.list({ limit: PAGE });
			for (const job of data) answer(job.id, job);
			const older = wanted.filter((id) => waiting.has(id) && !data.some((job) => job.id === id));
			for (const id of older) answer(id, await jobs.get(id).catch(ifGone));
		} catch {
			// those who wait hear of it when somebody answers again
		}
		schedule();
	}

	function schedule(): void {
		if (waiting.size === 0 || isDue) return;
		isDue = true;
		setTimeout(() => void look(), everyMs);
	}

	return {
		next: (jobId, signal) =>
			new Promise((resolve, reject) => {
				if (signal.aborted) return reject(signal.reason);
				const answers = waiting.get(jobId) ?? new Set();
				const leave = () => {
					answers.delete(tell);
					if (answers.size === 0 && waiting.get(jobId) === answers) waiting.delete(jobId);
					reject(signal.reason);
				};
				const tell: Answer = (job) => {
					signal.removeEventListener('abort', leave);
					resolve(job);
				};
				waiting.set(jobId, answers.add(tell));
				signal.addEventListener('abort', leave, { once: true });
				schedule();
			}),
	};
}

function ifGone(error: unknown): null {
	if ((error as { code?: unknown }).code === 'not_found') return null;
	throw error;
}
