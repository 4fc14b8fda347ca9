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
const JITTER_MS = 250;

/** All waits of one call that a rate limit asked for, together. */
const LONGEST_LIMITED_MS = 30_000;

/**
 * A fetch that repeats requests which do no harm twice, those that read and those with an Idempotency-Key, when no answer
 * came or one of 503 that says when to come back. A signed-in request that a rate limit refused is repeated whatever it
 * does, because nothing has happened; one without a token is not, so that a person who signs in sees the refusal at once.
 * With 0 `retries` nothing is repeated. Without `waitsForLimits` every 429 is returned at once.
 */
export function createRetryingFetch(
	fetch: typeof globalThis.fetch,
	retries: number,
	{ waitsForLimits = true } = {},
): Fetch {
	return async (request) => {
		const tries = isRepeatable(request) ? 1 + retries : 1;
		let limitedMs = 0;
		for (let failures = 0; ; ) {
			const isLast = failures === tries - 1;
			let waitMs: number | undefined;
			try {
				const response = await fetchInTime(fetch, retries > 0 ? request.clone() : request, request.signal);
				const isLimited = retries > 0 && waitsForLimits && isRateLimited(request, response);
				const mayRepeat = isLimited || (response.status === 503 && !isLast);
				waitMs = mayRepeat ? parseRetryAfter(response.headers.get('retry-after')) : undefined;
				if (waitMs === undefined || waitMs > LONGEST_WAIT_MS) return keepRequest(response, request);
				// Calls that were refused together must not all come back together.
				if (isLimited) waitMs += Math.random() * JITTER_MS;
				if (isLimited && limitedMs + waitMs > LONGEST_LIMITED_MS) return keepRequest(response, request);
				await response.body?.cancel();
				if (isLimited) limitedMs += waitMs;
				else failures += 1;
			} catch (error) {
				request.signal.throwIfAborted();
				if (isLast || !(error instanceof ConnectionError || isNetworkFailure(error))) throw error;
				failures += 1;
			}
			await pause(waitMs ?? backoffMs(failures), request.signal);
		}
	};
}

function isRateLimited({ headers }: Request, { status }: Response): boolean {
	return status === 429 && headers.has('authorization');
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
	const late = new ConnectionError(`no response within ${ANSWER_WITHIN_MS / 1_000} s`);
	const timer = setTimeout(abort, ANSWER_WITHIN_MS, late);
	try {
		return await fetch(request, { signal });
	} catch (error) {
		throw signal.aborted ? signal.reason : error;
	} finally {
		clearTimeout(timer);
	}
}
