import { ConnectionError } from '../errors.ts';
import { backoffMs } from './backoff.ts';
import { isNetworkFailure } from './is-network-failure.ts';
import { createLinkedAbortController } from './linked-abort-controller.ts';
import { parseRetryAfter } from './retry-after.ts';
import { sleep } from './sleep.ts';

export type Fetch = (request: Request) => Promise<Response>;

/** The API responds within 30 s, or within 30 s after a `?wait=` of up to 60 s. */
const RESPONSE_TIMEOUT_MS = 100_000;
/** A 503 with a longer `Retry-After` is returned to the caller. */
const MAX_OUTAGE_WAIT_MS = 10_000;
const JITTER_MS = 250;

/** Limit of the sum of all waits of one call for rate limits, by default. The rate limits of plans ask for at most about a minute. */
export const RATE_LIMIT_WAIT_MS = 120_000;

interface RetryingFetchOptions {
	/** Retries after no response or a 503. 0: nothing is retried, not even after a 429. */
	retries: number;
	/** Limit of the sum of all waits of one call for rate limits. 0: every 429 is returned at once. */
	rateLimitWaitMs: number;
}

/**
 * Returns a fetch that retries idempotent requests (reads, and those with an Idempotency-Key) after no response or a 503 with
 * `Retry-After`. A signed-in request that a rate limit refused is always retried, because it had no effect; one without a token is
 * not, so that a person who signs in sees the refusal at once. A 429 is returned as soon as its wait would exceed the limit.
 */
export function createRetryingFetch(
	fetch: typeof globalThis.fetch,
	{ retries, rateLimitWaitMs }: RetryingFetchOptions,
): Fetch {
	return async (request) => {
		const tries = isRepeatable(request) ? 1 + retries : 1;
		let remainingWaitMs = retries > 0 ? rateLimitWaitMs : 0;
		let failures = 0;
		while (true) {
			const isLast = failures === tries - 1;
			let waitMs: number | undefined;
			try {
				const response = await fetchInTime(fetch, retries > 0 ? request.clone() : request, request.signal);
				const isLimited = remainingWaitMs > 0 && isRateLimited(request, response);
				const mayRepeat = isLimited || (response.status === 503 && !isLast);
				waitMs = mayRepeat ? parseRetryAfter(response.headers.get('retry-after')) : undefined;
				if (waitMs === undefined) return keepRequest(response, request);
				// Jitter keeps calls that were refused together from retrying together.
				if (isLimited) waitMs += Math.random() * JITTER_MS;
				if (waitMs > (isLimited ? remainingWaitMs : MAX_OUTAGE_WAIT_MS))
					return keepRequest(response, request);
				await response.body?.cancel();
				if (isLimited) remainingWaitMs -= waitMs;
				else failures += 1;
			} catch (error) {
				request.signal.throwIfAborted();
				if (isLast || !(error instanceof ConnectionError || isNetworkFailure(error))) throw error;
				failures += 1;
			}
			await sleep(waitMs ?? backoffMs(failures), request.signal);
		}
	};
}

function isRateLimited({ headers }: Request, { status }: Response): boolean {
	return status === 429 && headers.has('authorization');
}

/**
 * Keeps a request alive while the body of its response is read. Node forgets the signal of a garbage-collected request, so that an
 * abort would not end the body.
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
 * Limits the time until the response headers. The body may take longer.
 * @param outerSignal signal of the original request: Node forgets the signal of a clone even sooner
 */
async function fetchInTime(
	fetch: typeof globalThis.fetch,
	request: Request,
	outerSignal: AbortSignal,
): Promise<Response> {
	const { signal, abort } = createLinkedAbortController(outerSignal);
	const timeout = new ConnectionError(`no response within ${RESPONSE_TIMEOUT_MS / 1_000} s`);
	const timer = setTimeout(abort, RESPONSE_TIMEOUT_MS, timeout);
	try {
		return await fetch(request, { signal });
	} catch (error) {
		throw signal.aborted ? signal.reason : error;
	} finally {
		clearTimeout(timer);
	}
}
