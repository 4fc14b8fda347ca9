import { AppError } from '@creatorr/contracts/errors';
import type { RateLimitPolicy } from '@creatorr/contracts/rate-limits';
import { counter } from '@creatorr/service/metrics';

/** The limits of this gateway, as in the metric. Those of plans are `plan_requests` and `plan_jobs`. */
export type GatewayLimit =
	/** Requests of a user per second. */
	| 'rate'
	/** Concurrent requests of a user, without long polls and event streams. */
	| 'requests'
	/** Jobs that a user creates at the same time. */
	| 'job_creations'
	/** Concurrent long polls and event streams of a user. */
	| 'long_polls'
	/** The network's share of all long polls and event streams. */
	| 'all_long_polls'
	/** Long polls and event streams of all users that connect to services at a time. */
	| 'connects'
	/** Concurrent requests of a network without a token or API key. */
	| 'anonymous'
	/** Requests of all networks without a token or API key at one service. */
	| 'all_anonymous'
	/** Bytes of a network's request bodies in flight. */
	| 'bodies'
	/** Open connections of a network. */
	| 'connections';

const MESSAGES: Record<GatewayLimit, string> = {
	rate: 'Too many requests. Wait the number of seconds in Retry-After, then try again.',
	requests: 'Too many concurrent requests. Wait for some to finish, then try again.',
	job_creations: 'Too many jobs created at the same time. Wait for some responses, then try again.',
	long_polls: 'Too many open long polls (?wait=) and event streams. Close some, then try again.',
	all_long_polls:
		'Too many open long polls (?wait=) and event streams from your network. Omit wait, or try again in a moment.',
	connects: 'Too many new long polls (?wait=) and event streams. Omit wait, or try again in a moment.',
	anonymous: 'Too many concurrent requests from your network. Try again in a moment.',
	all_anonymous: 'The server is busy. Try again in a moment.',
	bodies: 'Too many concurrent uploads of request bodies from your network. Try again in a moment.',
	connections: 'Too many connections from your network. Close some, then try again.',
};

const limitedRequests = counter({
	name: 'creatorr_gateway_requests_limited_total',
	help: 'Requests rejected with 429, by limit of the user, the plan or the network',
	labels: ['limit'],
});

/** Returns the error for a request beyond a limit, and counts it. */
export function rateLimited(limit: GatewayLimit, retryAfterSeconds: number): AppError {
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
