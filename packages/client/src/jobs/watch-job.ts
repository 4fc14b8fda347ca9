import type { JobRequests } from '../calls/job-requests.ts';
import { ConnectionError } from '../errors.ts';
import { createPatience, RETRY_FOR_MS } from '../retry/patience.ts';
import type { Transport } from '../transport.ts';
import type { CallOptions, Job } from '../types.ts';
import { pollJob } from './poll-job.ts';
import { NoStreamError, streamJob } from './stream-job.ts';
import { isTerminal } from './terminal.ts';

export interface WatchOptions extends CallOptions {
	/** How long a lost connection or an ailing API is waited for; 10 minutes by default. */
	retryForMs?: number | undefined;
}

/** The job now, and each time that its status or progress changes, until it is terminal. */
export async function* watchJob(
	transport: Transport,
	jobs: JobRequests,
	id: string,
	options: WatchOptions = {},
): AsyncGenerator<Job, void, undefined> {
	const { signal = new AbortController().signal, retryForMs: forMs = RETRY_FOR_MS } = options;
	const patience = createPatience({ forMs, signal });
	let last: Job | undefined;
	for (let areStreamsThere = true; ; ) {
		try {
			const states = areStreamsThere ? streamJob(transport, id, signal) : pollJob(jobs, id, signal);
			for await (const job of states) {
				patience.renew();
				if (job.status !== last?.status || job.progress !== last.progress) yield job;
				last = job;
				if (isTerminal(job)) return;
			}
			throw new ConnectionError('the stream ended early');
		} catch (error) {
			if (error instanceof NoStreamError) areStreamsThere = false;
			else await patience.waitAfter(error);
		}
	}
}
