import type { JobRequests } from '../calls/job-requests.ts';
import type { Job } from '../types.ts';

/** Below the response timeout of common proxies. */
const WAIT_SECONDS = 20;

/** Yields the job now, and with each response of the API. Never ends by itself. */
export async function* pollJob(
	jobs: Pick<JobRequests, 'get'>,
	id: string,
	signal: AbortSignal,
): AsyncGenerator<Job> {
	yield await jobs.get(id, { signal });
	while (true) yield await jobs.get(id, { signal, waitSeconds: WAIT_SECONDS });
}
