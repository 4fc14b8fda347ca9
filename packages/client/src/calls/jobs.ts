import { type WatchOptions, watchJob } from '../jobs/watch-job.ts';
import type { AnyCatalog, ToolCatalog, UntypedTools } from '../tool-types.ts';
import type { Transport } from '../transport.ts';
import type { Job } from '../types.ts';
import { createJobRequests, type JobRequests } from './job-requests.ts';

/** Job operations and ways to wait for a job. */
export interface JobCalls<C extends AnyCatalog<C> = ToolCatalog> extends JobRequests<C> {
	/**
	 * Yields the job now, and at each change of its status or progress, until it has ended. Reconnects after a lost connection, and
	 * polls where streams don't get through.
	 */
	watch(id: string, options?: WatchOptions): AsyncIterable<Job>;
	/** Resolves to the job once it has ended, whether or not it succeeded. */
	wait(id: string, options?: WatchOptions & { onChange?: ((job: Job) => void) | undefined }): Promise<Job>;
}

export function createJobs(transport: Transport): JobCalls<UntypedTools> {
	const requests = createJobRequests(transport);
	const watch: JobCalls<UntypedTools>['watch'] = (id, options) => watchJob(transport, requests, id, options);
	return {
		...requests,
		watch,
		async wait(id, { onChange, ...options } = {}) {
			let last: Job | undefined;
			for await (const job of watch(id, options)) {
				last = job;
				onChange?.(job);
			}
			if (!last) throw new Error(`job ${id} ended, but its result couldn’t be read`);
			return last;
		},
	};
}
