import { AppError } from '@creatorr/contracts/errors';
import { counter } from '@creatorr/service/metrics';

/**
 * What a request may be beyond. Per user: the rate, the short requests at a time, the waits and event streams at a time. `held`: the
 * waits and event streams of all users. Per network: the requests without a session at a time, the bytes of bodies that are under
 * way, the open connections.
 */
export type RequestLimit = 'rate' | 'requests' | 'waits' | 'held' | 'anonymous' | 'bodies' | 'connections';

const MESSAGES: Record<RequestLimit, string> = {
	rate: 'Too many requests. Wait the number of seconds in Retry-After, then try again.',
	requests: 'Too many concurrent requests. Wait for some to finish, then try again.',
	waits: 'Too many open waits and event streams. Close some, then try again.',
	held: 'This server has too many open waits and event streams. Omit wait, or try again in a moment.',
	anonymous: 'Too many concurrent requests from this network. Try again in a moment.',
	bodies: 'Too many concurrent uploads of request bodies from this network. Try again in a moment.',
	connections: 'Too many connections from this network. Close some, then try again.',
};

const limitedRequests = counter({
	name: 'creatorr_gateway_requests_limited_total',
	help: 'Requests rejected with 429, by limit of the user or the network',
	labels: ['limit'],
});

/** Returns the refusal of a request beyond a limit, and counts it. */
export function rateLimited(limit: RequestLimit, retryAfterSeconds: number): AppError {
	limitedRequests.inc({ limit });
	return new AppError('rate_limited', MESSAGES[limit], { retryAfterSeconds });
}
