import { type WatchOptions, watchJob } from '../jobs/watch-job.ts';
import type { AnyCatalogue, ToolCatalogue, UntypedTools } from '../tool-types.ts';
import type { Transport } from '../transport.ts';
import type { Job } from '../types.ts';
import { createJobRequests, type JobRequests } from './job-requests.ts';

/** Jobs, and their way to the end. */
export interface JobCalls<C extends AnyCatalogue<C> = ToolCatalogue> extends JobRequests<C> {
	/**
	 * The job now, and each time that its status or progress changes; ends after it is terminal. A connection that is lost is
	 * made anew, and where streams don't come through, the API is polled.
	 */
	watch(id: string, options?: WatchOptions): AsyncIterable<Job>;
	/** Resolves to the job once it is terminal, whether it succeeded or not. */
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
