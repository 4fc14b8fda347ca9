import type { JobRequests } from '../calls/job-requests.ts';
import type { Job } from '../types.ts';

/** Shorter than proxies wait for an answer. */
const WAIT_SECONDS = 20;

/** The job now, and each time that the API says something of it; without end. */
export async function* pollJob(
	jobs: Pick<JobRequests, 'get'>,
	id: string,
	signal: AbortSignal,
): AsyncGenerator<Job> {
	yield await jobs.get(id, { signal });
	for (;;) yield await jobs.get(id, { signal, waitSeconds: WAIT_SECONDS });
}
