import { bodyLimitOf } from '@creatorr/contracts/body-limit';
import { AppError } from '@creatorr/contracts/errors';
import { createKeyedSemaphore } from '../domain/keyed-semaphore.ts';
import { hasBody, isChunked } from '../domain/request-head.ts';
import { createTokenBuckets } from '../domain/token-buckets.ts';
import { countLimitedRequest, type UserLimit } from '../gateway-metrics.ts';
import type { Limits } from '../limits.ts';
import type { Exchange } from './exchange.ts';

type UserLimits = Pick<
	Limits,
	| 'userRequestsPerSecond'
	| 'userRequestBurst'
	| 'userConcurrentRequests'
	| 'userConcurrentWaits'
	| 'userQueueMs'
	| 'userQueuedRequests'
	| 'rememberedUsers'
	| 'connections'
>;

/** Admits a request of a signed-in user, at once or after a short wait. Throws or rejects with `rate_limited`. */
export type AdmitUser = (exchange: Exchange) => undefined | Promise<undefined>;

const MESSAGES: Record<UserLimit, string> = {
	rate: 'Too many requests. Wait for the time in Retry-After, then try again.',
	requests: 'too many requests at a time; wait for some to finish, then try again',
	waits: 'too many open waits and event streams; close some, then try again',
	held: 'This server has too many open waits and event streams. Ask without waiting, or try again in a moment.',
};

/** The share of all connections that held answers may take: new clients find the other ones idle or soon answered. */
const HELD_SHARE = 0.5;

/** Reading and validating a body takes a service as long as a plain request for each of these. */
const BODY_BYTES_PER_TOKEN = 4 * 1024;

/** What a body adds to the cost of its request. A chunked one counts as the longest that its operation takes. */
function bodyCostOf({ req: { headers }, operation }: Exchange): number {
	if (!operation || !hasBody(headers)) return 0;
	const bytes = isChunked(headers) ? bodyLimitOf(operation) : Number(headers['content-length']);
	return Math.floor(bytes / BODY_BYTES_PER_TOKEN);
}

function refusal(limit: UserLimit, retryAfterSeconds: number): AppError {
	countLimitedRequest(limit);
	return new AppError('rate_limited', MESSAGES[limit], { retryAfterSeconds });
}

/**
 * Bounds what one principal asks of this gateway: how fast, by a token bucket, and how much at a time. Held answers (`?wait=`
 * and event streams) have a bound of their own, so that they leave short requests through. A refused request costs nothing.
 * An operation of cost 0 is always admitted, so that nobody who shares the user's limits can keep the user from signing out.
 */
export function createUserAdmission(limits: UserLimits, monotonicMs: () => number): AdmitUser {
	const rates = createTokenBuckets({
		tokensPerSecond: limits.userRequestsPerSecond,
		burst: limits.userRequestBurst,
		capacity: limits.rememberedUsers,
		monotonicMs,
	});
	const semaphores = {
		requests: createKeyedSemaphore({
			permits: limits.userConcurrentRequests,
			waitMs: limits.userQueueMs,
			maxWaiting: limits.userQueuedRequests,
		}),
		waits: createKeyedSemaphore({ permits: limits.userConcurrentWaits, waitMs: 0, maxWaiting: 0 }),
	};

	const maxHeld = Math.max(1, Math.floor(limits.connections * HELD_SHARE));
	let heldCount = 0;

	return (exchange) => {
		const { session, operation, hold, req, res } = exchange;
		if (!session) throw new Error('only signed-in users are admitted');
		const principal = session.userId;
		const cost = operation?.cost ?? 1;
		if (cost === 0) return undefined;
		const limit = hold?.held ? 'waits' : 'requests';
		if (hold?.held && heldCount >= maxHeld) throw refusal('held', 1);
		const semaphore = semaphores[limit];
		const weight = limit === 'waits' ? 1 : Math.min(cost, limits.userConcurrentRequests);
		// No service works on a request before its body is complete: a client that sends it slowly holds one permit.
		const awaitsBody = operation?.maxBodyBytes !== undefined && hasBody(req.headers);
		let permits = awaitsBody ? 1 : weight;
		// More than a burst would be refused forever.
		const tokens = Math.min(cost + bodyCostOf(exchange), limits.userRequestBurst);
		const waitMs = rates.take(principal, tokens);
		if (waitMs > 0) throw refusal('rate', waitMs / 1_000);

		function holdAllPermits(): void {
			semaphore.add(principal, weight - permits);
			permits = weight;
		}

		function settle(isAdmitted: boolean): undefined {
			if (!isAdmitted) {
				rates.giveBack(principal, tokens);
				throw refusal(limit, 1);
			}
			// Its client left while it waited: there will be no other 'close'.
			if (res.closed) {
				semaphore.release(principal, permits);
				return;
			}
			if (hold?.held) heldCount += 1;
			if (permits < weight) req.once('end', holdAllPermits);
			res.once('close', () => {
				if (hold?.held) heldCount -= 1;
				req.removeListener('end', holdAllPermits);
				semaphore.release(principal, permits);
			});
		}

		const isAdmitted = semaphore.acquire(principal, permits);
		return typeof isAdmitted === 'boolean' ? settle(isAdmitted) : isAdmitted.then(settle);
	};
}
