import type { JobRequests } from '../calls/job-requests.ts';
import { ApiError, ConnectionError } from '../errors.ts';
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

/** How the next states are asked for. */
type Way = 'stream' | 'poll' | 'once';

/** The job now, and each time that its status or progress changes, until it is terminal. */
export async function* watchJob(
	transport: Transport,
	jobs: Pick<JobRequests, 'get'>,
	id: string,
	options: WatchOptions = {},
): AsyncGenerator<Job, void, undefined> {
	const { signal = new AbortController().signal, retryForMs: forMs = RETRY_FOR_MS } = options;
	const patience = createPatience({ forMs, signal });
	const states: Record<Way, () => AsyncIterable<Job>> = {
		stream: () => streamJob(transport, id, signal),
		poll: () => pollJob(jobs, id, signal),
		once: () => getOnce(jobs, id, signal),
	};
	let last: Job | undefined;
	let usual: Way = 'stream';
	for (let way = usual as Way; ; ) {
		try {
			for await (const job of states[way]()) {
				patience.renew();
				if (job.status !== last?.status || job.progress !== last.progress) yield job;
				last = job;
				if (isTerminal(job)) return;
			}
			if (way !== 'once') throw new ConnectionError('the stream ended early');
			way = usual;
		} catch (error) {
			if (error instanceof NoStreamError) usual = 'poll';
			else await patience.waitAfter(error);
			// The user has too many streams and waits open: a short request shows the state until one is closed.
			way = isRateLimited(error) && way !== 'once' ? 'once' : usual;
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
