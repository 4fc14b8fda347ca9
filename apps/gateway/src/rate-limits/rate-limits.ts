import type { QuotaRequest } from '@creatorr/contracts/internal/auth';
import { RATE_LIMIT_WINDOW_SECONDS, type RateLimitPolicy } from '@creatorr/contracts/rate-limits';
import { counter } from '@creatorr/service/metrics';
import { LRUCache } from 'lru-cache';
import type { Credential } from '../authentication/credential.ts';
import type { Exchange, ResponseHead } from '../exchange.ts';
import { planRateLimited } from '../requests/rate-limited.ts';
import {
	type Allocation,
	addAllocation,
	addLocalShare,
	needsPrefetch,
	newQuotaBucket,
	type QuotaBucket,
	refundUnit,
	remainingUnits,
	shouldRequestLarge,
	spendUnit,
} from './quota-bucket.ts';
import type { QuotaClient } from './quota-client.ts';

interface Deps {
	quota: QuotaClient;
	/** Limit of principals for each policy. */
	capacity: number;
	monotonicMs(): number;
}

/** The rate limits of a plan, applied to one request. */
export interface PlanLimits {
	/** Takes a unit of each limit. Returns undefined if no unit has to be allocated first. Throws or rejects with `rate_limited`. */
	consume(): undefined | Promise<void>;
}

/** Applies the rate limits of plans. All gateways share each quota. */
export interface RateLimits {
	/**
	 * Returns the limits of an authenticated exchange, and sets {@link Exchange.settleRateLimits}. Calls auth for an API key or user whose
	 * limits this gateway hasn't cached.
	 */
	loadLimits(exchange: LimitedExchange): PlanLimits | Promise<PlanLimits>;
}

type LimitedExchange = Pick<Exchange, 'credential' | 'operation' | 'settleRateLimits'>;

/** One rate limit, applied to one request. */
interface AppliedPolicy {
	policy: RateLimitPolicy;
	bucket: QuotaBucket;
	request: Pick<QuotaRequest, 'user_id' | 'principal' | 'policy'>;
	/** The allocation whose unit the request has spent. */
	spentFrom: Allocation | undefined;
	/** Seconds until the next unit, for a refused request. */
	retryAfterSeconds: number | undefined;
}

/** Time until the next request for an allocation after auth allocated no units, because those of a full window are already allocated in advance. */
const EMPTY_RETRY_MS = 1_000;
/** Time until the limit of a plan without one is read again. */
const UNLIMITED_RECHECK_MS = 60_000;

const fallbacks = counter({
	name: 'creatorr_gateway_rate_limit_fallbacks_total',
	help: 'Times that this gateway used its local share of a rate limit, because a call to auth failed',
	labels: ['policy'],
});

/** Returns whose quotas a request uses: those of its API key or, for a session, of its user. */
function principalOf(credential: Credential): string {
	return credential.kind === 'key' ? credential.keyId : credential.userId;
}

function isLimited({ bucket }: AppliedPolicy): boolean {
	return bucket.limit !== undefined && bucket.limit > 0;
}

/** Writes the header fields of draft-ietf-httpapi-ratelimit-headers, as alternating names and values. */
function headersOf(policies: readonly AppliedPolicy[], nowMs: number): string[] {
	const limited = policies.filter(isLimited);
	if (limited.length === 0) return [];
	const policyItems = limited.map(
		({ policy, bucket }) => `"${policy}";q=${bucket.limit};w=${RATE_LIMIT_WINDOW_SECONDS}`,
	);
	const limitItems = limited.map(({ policy, bucket, retryAfterSeconds }) => {
		if (retryAfterSeconds !== undefined) return `"${policy}";r=0;t=${retryAfterSeconds}`;
		const { units, nextInSeconds } = remainingUnits(bucket, nowMs);
		return `"${policy}";r=${units};t=${nextInSeconds}`;
	});
	return ['RateLimit-Policy', policyItems.join(', '), 'RateLimit', limitItems.join(', ')];
}

/** Whether a service has refused the API key, because it lacks the tool of the job. No other 403 of a service has a challenge. */
function lacksTool(status: number, headers: readonly string[]): boolean {
	return status === 403 && headers.includes('www-authenticate');
}

/**
 * Whether the response counts toward a policy. A job counts once, however often its creation is repeated. A 429 of a service counts, because
 * the service has worked for it.
 */
function countsToward(
	policy: RateLimitPolicy,
	operation: Exchange['operation'],
	{ by, status, headers }: ResponseHead,
): boolean {
	if (status === 401 || (status === 429 && by === 'gateway') || lacksTool(status, headers)) return false;
	return policy !== 'jobs' || (status === operation?.status && !headers.includes('idempotency-replayed'));
}

export function createRateLimits({ quota, capacity, monotonicMs }: Deps): RateLimits {
	const buckets: Record<RateLimitPolicy, LRUCache<string, QuotaBucket>> = {
		requests: new LRUCache({ max: capacity }),
		jobs: new LRUCache({ max: capacity }),
	};
	/** The lowest limits seen so far. They apply to principals whose limit can't be read. Until one is seen, these principals are admitted. */
	const lowestLimits: Partial<Record<RateLimitPolicy, number>> = {};

	/**
	 * Returns a policy with the bucket of the principal. After a change of the plan the bucket is a new one, so that its limit is read now:
	 * units of the old plan last a rarely used API key for half an hour.
	 */
	function applyPolicy(policy: RateLimitPolicy, credential: Credential): AppliedPolicy {
		const principal = principalOf(credential);
		const plan = credential.kind === 'key' ? credential.plan : undefined;
		let bucket = buckets[policy].get(principal);
		if (!bucket || bucket.plan !== plan) {
			bucket = newQuotaBucket(plan);
			buckets[policy].set(principal, bucket);
		}
		const request = { user_id: credential.userId, principal, policy };
		return { policy, bucket, request, spentFrom: undefined, retryAfterSeconds: undefined };
	}

	async function requestAllocation(
		{ policy, bucket, request }: AppliedPolicy,
		isPrefetch: boolean,
	): Promise<void> {
		const excess_units = bucket.excessUnits;
		const is_large = shouldRequestLarge(bucket, monotonicMs());
		try {
			const allocation = await quota.allocate({ ...request, is_large, excess_units }, { isPrefetch });
			const nowMs = monotonicMs();
			if (!allocation || allocation.limit === 0) {
				bucket.limit = 0;
				bucket.retryAtMs = nowMs + UNLIMITED_RECHECK_MS;
				return;
			}
			const { limit, units, full_in_ms: fullInMs } = allocation;
			lowestLimits[policy] = Math.min(limit, lowestLimits[policy] ?? limit);
			addAllocation(bucket, { limit, units, fullInMs }, nowMs);
			if (units > 0) bucket.excessUnits -= excess_units;
			else bucket.retryAtMs = nowMs + EMPTY_RETRY_MS;
		} catch {
			// The quota client logs its failures.
			fallbacks.inc({ policy });
			bucket.limit ??= lowestLimits[policy];
			addLocalShare(bucket, quota.gatewayCount(), monotonicMs());
		}
	}

	/** Requests an allocation, unless a request is in progress. Never rejects. */
	function allocate(applied: AppliedPolicy, { isPrefetch = false } = {}): Promise<void> {
		const { bucket } = applied;
		bucket.pending ??= requestAllocation(applied, isPrefetch).finally(() => {
			bucket.pending = undefined;
		});
		return bucket.pending;
	}

	/**
	 * Spends a unit for the request, if the policy has a limit, and returns true. Returns undefined if it needs an allocation first. Throws
	 * `rate_limited`.
	 */
	function trySpend(applied: AppliedPolicy): true | undefined {
		const { policy, bucket } = applied;
		const nowMs = monotonicMs();
		if (!isLimited(applied)) {
			if (bucket.limit === 0 && bucket.retryAtMs <= nowMs) void allocate(applied);
			return true;
		}
		const allocationOrWaitMs = spendUnit(bucket, nowMs);
		if (typeof allocationOrWaitMs === 'number') {
			applied.retryAfterSeconds = Math.ceil(allocationOrWaitMs / 1_000);
			throw planRateLimited(policy, bucket.limit ?? 0, applied.retryAfterSeconds);
		}
		if (!allocationOrWaitMs) return undefined;
		applied.spentFrom = allocationOrWaitMs;
		if (needsPrefetch(bucket) && bucket.retryAtMs <= nowMs) void allocate(applied, { isPrefetch: true });
		return true;
	}

	async function spendAllocated(policies: readonly AppliedPolicy[]): Promise<void> {
		for (const applied of policies) {
			while (!trySpend(applied)) await allocate(applied);
		}
	}

	function consume(policies: readonly AppliedPolicy[]): undefined | Promise<void> {
		const unspent = policies.findIndex((applied) => !trySpend(applied));
		return unspent === -1 ? undefined : spendAllocated(policies.slice(unspent));
	}

	function refundAndBuildHeaders(
		policies: readonly AppliedPolicy[],
		operation: Exchange['operation'],
		head: ResponseHead,
	): string[] {
		for (const applied of policies) {
			if (!applied.spentFrom || countsToward(applied.policy, operation, head)) continue;
			refundUnit(applied.bucket, applied.spentFrom);
			applied.spentFrom = undefined;
		}
		return headersOf(policies, monotonicMs());
	}

	return {
		loadLimits(exchange) {
			const { credential, operation } = exchange;
			if (!credential || !operation) throw new Error('only authenticated requests have rate limits');
			const policies = [applyPolicy('requests', credential)];
			if (operation.createsJob) policies.push(applyPolicy('jobs', credential));
			exchange.settleRateLimits = (head) => refundAndBuildHeaders(policies, operation, head);
			// An operation of cost 0 is never refused, so that signing out works while other sessions use up the quota.
			const limits: PlanLimits = { consume: () => (operation.cost === 0 ? undefined : consume(policies)) };
			const uncached = policies.filter(({ bucket }) => bucket.limit === undefined);
			if (uncached.length === 0) return limits;
			return Promise.all(uncached.map((applied) => allocate(applied))).then(() => limits);
		},
	};
}
