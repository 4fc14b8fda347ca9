import { ConnectionError } from '../errors.ts';
import { backoffMs } from './backoff.ts';
import { followSignal } from './follow-signal.ts';
import { isNetworkFailure } from './is-network-failure.ts';
import { pause } from './pause.ts';
import { parseRetryAfter } from './retry-after.ts';

export type Fetch = (request: Request) => Promise<Response>;

/** The API answers within 30 s, or so long after the end of a `?wait=` of 60 s at most. */
const ANSWER_WITHIN_MS = 100_000;
/** Who has to wait for longer than this hears of it instead. */
const LONGEST_WAIT_MS = 10_000;

/**
 * A fetch that repeats requests which do no harm twice, those that read and those with an Idempotency-Key, when no answer
 * came or one of 503 that says when to come back.
 */
export function createRetryingFetch(fetch: typeof globalThis.fetch, retries: number): Fetch {
	return async (request) => {
		const tries = isRepeatable(request) ? 1 + retries : 1;
		for (let failures = 0; ; ) {
			const isLast = failures === tries - 1;
			let waitMs: number | undefined;
			try {
				const response = await fetchInTime(fetch, isLast ? request : request.clone(), request.signal);
				waitMs = response.status === 503 ? parseRetryAfter(response.headers.get('retry-after')) : undefined;
				if (isLast || waitMs === undefined || waitMs > LONGEST_WAIT_MS) return keepRequest(response, request);
				await response.body?.cancel();
			} catch (error) {
				request.signal.throwIfAborted();
				if (isLast || !(error instanceof ConnectionError || isNetworkFailure(error))) throw error;
			}
			failures += 1;
			await pause(waitMs ?? backoffMs(failures), request.signal);
		}
	};
}

/**
 * Node forgets what a request's signal follows when the request is collected: an abort would not end a body that still comes.
 */
const requestsOfBodies = new WeakMap<ReadableStream, Request>();

function keepRequest(response: Response, request: Request): Response {
	if (response.body) requestsOfBodies.set(response.body, request);
	return response;
}

function isRepeatable({ method, headers }: Request): boolean {
	return method === 'GET' || headers.has('idempotency-key');
}

/**
 * The time is for the head of the answer; its body may take as long as it does.
 * @param outerSignal of the request that is repeated: that of a clone is forgotten sooner still
 */
async function fetchInTime(
	fetch: typeof globalThis.fetch,
	request: Request,
	outerSignal: AbortSignal,
): Promise<Response> {
	const { signal, abort } = followSignal(outerSignal);
	const late = new ConnectionError(`no answer within ${ANSWER_WITHIN_MS / 1_000} s`);
	const timer = setTimeout(abort, ANSWER_WITHIN_MS, late);
	try {
		return await fetch(request, { signal });
	} catch (error) {
		throw signal.aborted ? signal.reason : error;
	} finally {
		clearTimeout(timer);
	}
}
