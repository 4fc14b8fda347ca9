import type { Transport } from '../transport.ts';
import { createJobRequests, type JobRequests } from './job-requests.ts';

/** Jobs, and their way to the end. */
export type JobCalls = JobRequests;

export function createJobs(transport: Transport): JobCalls {
	return createJobRequests(transport);
}
