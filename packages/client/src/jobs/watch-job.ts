import type { JobRequests } from '../calls/job-requests.ts';
import { ApiError, ConnectionError } from '../errors.ts';
import { createBackoff, RETRY_FOR_MS } from '../retry/retry.ts';
import type { Transport } from '../transport.ts';
import type { CallOptions, Job } from '../types.ts';
import { pollJob } from './poll-job.ts';
import { NoStreamError, streamJob } from './stream-job.ts';
import { isTerminal } from './terminal.ts';

export interface WatchOptions extends CallOptions {
	/** How long to retry while the connection or the API is down; 10 minutes by default. */
	retryForMs?: number | undefined;
}

/** How the next states are requested. */
type WatchMode = 'stream' | 'poll' | 'once';

/** Yields the job now, and at each change of its status or progress, until it is terminal. */
export async function* watchJob(
	transport: Transport,
	jobs: Pick<JobRequests, 'get'>,
	id: string,
	options: WatchOptions = {},
): AsyncGenerator<Job, void, undefined> {
	const { signal = new AbortController().signal, retryForMs: forMs = RETRY_FOR_MS } = options;
	const backoff = createBackoff({ forMs, signal });
	const states: Record<WatchMode, () => AsyncIterable<Job>> = {
		stream: () => streamJob(transport, id, signal),
		poll: () => pollJob(jobs, id, signal),
		once: () => getOnce(jobs, id, signal),
	};
	let last: Job | undefined;
	let usual: WatchMode = 'stream';
	let mode = usual as WatchMode;
	while (true) {
		try {
			for await (const job of states[mode]()) {
				backoff.reset();
				if (job.status !== last?.status || job.progress !== last.progress) yield job;
				last = job;
				if (isTerminal(job)) return;
			}
			if (mode !== 'once') throw new ConnectionError('the stream ended early');
			mode = usual;
		} catch (error) {
			if (error instanceof NoStreamError) usual = 'poll';
			else await backoff.waitAfter(error);
			// The user has too many open streams and waits. Short requests show the state until one of them closes.
			mode = isRateLimited(error) && mode !== 'once' ? 'once' : usual;
		}
	}
}

async function* getOnce(
	jobs: Pick<JobRequests, 'get'>,
	id: string,
	signal: AbortSignal,
): AsyncGenerator<Job> {
	yield await jobs.get(id, { signal });
}

function isRateLimited(error: unknown): boolean {
	return error instanceof ApiError && error.code === 'rate_limited';
}
