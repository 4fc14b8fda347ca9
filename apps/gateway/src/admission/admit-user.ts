import { createTokenBuckets } from '@creatorr/service/token-buckets';
import { type Exchange, isAbandoned } from '../exchange.ts';
import type { Limits } from '../limit-settings.ts';
import { bodyArrival } from '../requests/body-arrival.ts';
import { rateLimited } from '../requests/rate-limited.ts';
import { bodyBytesOf } from '../requests/request-head.ts';
import { isLongPollOrStream } from '../routing/response-mode.ts';
import { createKeyedSemaphore } from './keyed-semaphore.ts';
import { createLongPollShares } from './long-poll-shares.ts';

type UserLimits = Pick<
	Limits,
	| 'userRequestsPerSecond'
	| 'userRequestBurst'
	| 'userConcurrentRequests'
	| 'userConcurrentLongPolls'
	| 'userQueueMs'
	| 'userJobQueueMs'
	| 'userQueuedRequests'
	| 'requestTimeoutMs'
	| 'abandonedPermitMs'
	| 'trackedUsers'
	| 'connections'
>;

/**
 * Admits an authenticated request, at once or after a short wait. Throws or rejects with `rate_limited` or an error of
 * {@link bodyArrival}.
 */
export type AdmitUser = (exchange: Exchange) => undefined | Promise<undefined>;

/**
 * Share of all connections that long polls and event streams may use. The other connections are idle or finish soon, so they can serve new
 * clients.
 */
const LONG_POLL_SHARE = 0.5;

/**
 * Rate and concurrency of one session for operations of cost 0, which no API key may call. Other sessions of the user, such as a thief's, don't
 * reduce them.
 */
const ZERO_COST_REQUESTS_PER_SECOND = 5;
const ZERO_COST_REQUEST_BURST = 50;
const ZERO_COST_CONCURRENT_REQUESTS = 2;
/** Concurrency of all sessions of a user together for operations of cost 0. */
const ZERO_COST_CONCURRENT_REQUESTS_PER_USER = 8;
/** Long enough for a session to wait for 1,000 others with two requests each: 2,000 requests, 8 at a time, take 10 s at 40 ms each. */
const ZERO_COST_QUEUE_MS = 10_000;

/** Reading and validating this much of a body takes a service as long as a plain request. */
const BODY_BYTES_PER_TOKEN = 1024;

/** Share of a user's permits that one body may hold: a service is busy with each long body for several ms. */
const MAX_BODY_SHARE = 1 / 4;

/**
 * Limits the requests of one user at this gateway: their rate, with a token bucket, and their concurrency. Long polls and event streams
 * have a separate limit, so that they don't delay short requests. Jobs of one user are created one at a time: each goes on to keep several
 * services and a worker busy, so a burst of them would delay all users. A body arrives before its request takes permits, so a client that
 * sends slowly holds none. A refused request costs nothing. Operations of cost 0 have limits of their own for each session, so that signing
 * out works while other sessions of the user exhaust the limits. All sessions of the user share a few permits for them, first in, first out.
 */
export function createUserAdmission(limits: UserLimits, monotonicMs: () => number): AdmitUser {
	const userRates = createTokenBuckets({
		tokensPerSecond: limits.userRequestsPerSecond,
		burst: limits.userRequestBurst,
		capacity: limits.trackedUsers,
		monotonicMs,
	});
	const zeroCostRates = createTokenBuckets({
		tokensPerSecond: ZERO_COST_REQUESTS_PER_SECOND,
		burst: ZERO_COST_REQUEST_BURST,
		capacity: limits.trackedUsers,
		monotonicMs,
	});
	const queue = { waitMs: limits.userQueueMs, maxWaiting: limits.userQueuedRequests };
	const zeroCostOfSessions = createKeyedSemaphore({ permits: ZERO_COST_CONCURRENT_REQUESTS, ...queue });
	const zeroCostOfUsers = createKeyedSemaphore({
		permits: ZERO_COST_CONCURRENT_REQUESTS_PER_USER,
		waitMs: ZERO_COST_QUEUE_MS,
		maxWaiting: Number.POSITIVE_INFINITY,
	});
	const zeroCostPermits = ({ credentialId, userId }: { credentialId: string; userId: string }) => ({
		async acquire(): Promise<boolean> {
			if (!(await zeroCostOfSessions.acquire(credentialId, 1))) return false;
			if (await zeroCostOfUsers.acquire(userId, 1)) return true;
			zeroCostOfSessions.release(credentialId, 1);
			return false;
		},
		release(): void {
			zeroCostOfSessions.release(credentialId, 1);
			zeroCostOfUsers.release(userId, 1);
		},
	});
	const semaphores = {
		requests: createKeyedSemaphore({ permits: limits.userConcurrentRequests, ...queue }),
		long_polls: createKeyedSemaphore({ permits: limits.userConcurrentLongPolls, waitMs: 0, maxWaiting: 0 }),
		job_creations: createKeyedSemaphore({
			permits: 1,
			waitMs: limits.userJobQueueMs,
			maxWaiting: limits.userQueuedRequests,
		}),
	};

	const maxBodyPermits = Math.ceil(limits.userConcurrentRequests * MAX_BODY_SHARE);
	const longPollShares = createLongPollShares(Math.max(1, Math.floor(limits.connections * LONG_POLL_SHARE)));

	return (exchange) => {
		const { clientNetwork, credential, operation, responseMode, req, res } = exchange;
		if (!credential) throw new Error('only authenticated requests are admitted');
		const isZeroCost = operation?.cost === 0;
		const cost = operation?.cost || 1;
		const isLongPoll = isLongPollOrStream(responseMode);
		const limit = isLongPoll ? 'long_polls' : operation?.createsJob ? 'job_creations' : 'requests';
		if (isLongPoll && longPollShares.isUsedUp(clientNetwork)) throw rateLimited('all_long_polls', 1);
		const { userId, credentialId } = credential;
		const [key, rates] = isZeroCost ? [credentialId, zeroCostRates] : [userId, userRates];
		const bodyBytes = operation ? bodyBytesOf(req.headers, operation) : 0;
		const bodyCost = Math.floor(bodyBytes / BODY_BYTES_PER_TOKEN);
		const count = limit === 'requests' ? Math.max(cost, Math.min(bodyCost, maxBodyPermits)) : 1;
		const permits = isZeroCost
			? zeroCostPermits(credential)
			: {
					acquire: () => semaphores[limit].acquire(userId, count),
					release: () => semaphores[limit].release(userId, count),
				};
		// A cost beyond the burst would be refused forever.
		const tokens = Math.min(cost + bodyCost, limits.userRequestBurst);
		const waitMs = rates.take(key, tokens);
		if (waitMs > 0) throw rateLimited('rate', waitMs / 1_000);

		function finishAdmission(isAdmitted: boolean): undefined {
			if (!isAdmitted) {
				rates.refund(key, tokens);
				throw rateLimited(limit, 1);
			}
			// The client disconnected while its request waited, so 'close' was emitted already.
			if (res.closed) {
				permits.release();
				return;
			}
			const endLongPoll = isLongPoll ? longPollShares.add(clientNetwork) : undefined;
			res.once('close', () => {
				endLongPoll?.();
				// Otherwise a client that hangs up at once would have any number of requests at the services at a time.
				if (isAbandoned(exchange)) setTimeout(permits.release, limits.abandonedPermitMs).unref();
				else permits.release();
			});
		}

		function admit(): undefined | Promise<undefined> {
			// A revocation or the client ended the exchange while its body arrived.
			if (exchange.respondedBy || res.closed) return;
			const isAdmitted = permits.acquire();
			return typeof isAdmitted === 'boolean' ? finishAdmission(isAdmitted) : isAdmitted.then(finishAdmission);
		}

		if (!operation || bodyBytes === 0) return admit();
		return bodyArrival(exchange, operation, limits.requestTimeoutMs).then(admit);
	};
}
