import { AppError } from '@creatorr/contracts/errors';
import type { RateLimitPolicy } from '@creatorr/contracts/rate-limits';
import { counter } from '@creatorr/service/metrics';

/**
 * The limits of requests of this gateway. Per user: rate, concurrent short requests, and `long_polls`: concurrent long polls and event streams.
 * `all_long_polls`: the share of the network in those of all users. Per network: concurrent requests without a session, bytes of bodies in flight, open connections.
 */
export type RequestLimit =
	| 'rate'
	| 'requests'
	| 'long_polls'
	| 'all_long_polls'
	| 'anonymous'
	| 'bodies'
	| 'connections';

const MESSAGES: Record<RequestLimit, string> = {
	rate: 'Too many requests. Wait the number of seconds in Retry-After, then try again.',
	requests: 'Too many concurrent requests. Wait for some to finish, then try again.',
	long_polls: 'Too many open long polls (?wait=) and event streams. Close some, then try again.',
	all_long_polls:
		'Too many open long polls (?wait=) and event streams from your network. Omit wait, or try again in a moment.',
	anonymous: 'Too many concurrent requests from your network. Try again in a moment.',
	bodies: 'Too many concurrent uploads of request bodies from your network. Try again in a moment.',
	connections: 'Too many connections from your network. Close some, then try again.',
};

const limitedRequests = counter({
	name: 'creatorr_gateway_requests_limited_total',
	help: 'Requests rejected with 429, by limit of the user, the plan or the network',
	labels: ['limit'],
});

/** Returns the error for a request beyond a limit, and counts it. */
export function rateLimited(limit: RequestLimit, retryAfterSeconds: number): AppError {
	limitedRequests.inc({ limit });
	return new AppError('rate_limited', MESSAGES[limit], { retryAfterSeconds });
}

const NOUNS: Record<RateLimitPolicy, string> = { requests: 'requests', jobs: 'new jobs' };

/** Returns the error for a request beyond a rate limit of the plan, and counts it. */
export function planRateLimited(policy: RateLimitPolicy, quota: number, retryAfterSeconds: number): AppError {
	limitedRequests.inc({ limit: `plan_${policy}` });
	const message = `Too many ${NOUNS[policy]}: your plan allows ${quota} a minute. Try again in ${retryAfterSeconds} s.`;
	return new AppError('rate_limited', message, { retryAfterSeconds, violatedPolicies: [policy] });
}
