import type { QuotaRequest } from '@creatorr/contracts/internal/auth';
import { RATE_LIMIT_WINDOW_SECONDS, type RateLimitPolicy } from '@creatorr/contracts/rate-limits';
import { counter } from '@creatorr/service/metrics';
import { LRUCache } from 'lru-cache';
import type { Exchange } from '../exchange.ts';
import { planRateLimited } from '../limits/rate-limited.ts';
import type { Credential } from '../sessions/credential.ts';
import {
	type Allocation,
	addAllocation,
	addLocalShare,
	isNearlySpent,
	mayTakeMany,
	newQuotaBucket,
	type QuotaBucket,
	refundUnit,
	remainingUnits,
	spendUnit,
} from './quota-bucket.ts';
import type { QuotaCalls } from './quota-calls.ts';

interface Deps {
	quota: QuotaCalls;
	/** Limit of principals for each policy. */
	capacity: number;
	monotonicMs(): number;
}

/** The rate limits of the plan for one request. */
export interface RequestLimits {
	/** Counts the request. Returns undefined if it doesn't have to wait for an allocation. Throws or rejects with `rate_limited`. */
	take(): undefined | Promise<void>;
}

/** Applies the rate limits of plans. All gateways share each quota. */
export interface RateLimits {
	/**
	 * Finds the limits of an authenticated exchange, and sets {@link Exchange.rateLimitHeaders}. Calls auth for a credential that this
	 * gateway hasn't seen lately.
	 */
	open(exchange: LimitedExchange): RequestLimits | Promise<RequestLimits>;
}

type LimitedExchange = Pick<Exchange, 'credential' | 'operation' | 'rateLimitHeaders'>;

/** One rate limit of one request. */
interface Use {
	policy: RateLimitPolicy;
	bucket: QuotaBucket;
	request: Pick<QuotaRequest, 'user_id' | 'principal' | 'policy'>;
	/** The allocation whose unit the request has spent. */
	spentFrom: Allocation | undefined;
	/** Seconds until the next unit, for a refused request. */
	retryAfterSeconds: number | undefined;
}

/** Time until the next request for an allocation after auth allocated no units. */
const NOTHING_LEFT_MS = 1_000;
/** How long a plan without a limit is remembered. */
const UNLIMITED_MS = 60_000;

const fallbacks = counter({
	name: 'creatorr_gateway_rate_limit_fallbacks_total',
	help: 'Times that this gateway used its local share of a rate limit, because auth allocated nothing',
	labels: ['policy'],
});

/** An API key has its own quotas. All sessions of a user share the quotas of the user. */
function principalOf(credential: Credential): string {
	return credential.kind === 'key' ? credential.keyId : credential.userId;
}

function isLimited({ bucket }: Use): boolean {
	return bucket.limit !== undefined && bucket.limit > 0;
}

/** Writes the header fields of draft-ietf-httpapi-ratelimit-headers, as alternating names and values. */
function headersOf(uses: readonly Use[], nowMs: number): string[] {
	const limited = uses.filter(isLimited);
	if (limited.length === 0) return [];
	const policies = limited.map(
		({ policy, bucket }) => `"${policy}";q=${bucket.limit};w=${RATE_LIMIT_WINDOW_SECONDS}`,
	);
	const states = limited.map(({ policy, bucket, retryAfterSeconds }) => {
		if (retryAfterSeconds !== undefined) return `"${policy}";r=0;t=${retryAfterSeconds}`;
		const { units, nextInSeconds } = remainingUnits(bucket, nowMs);
		return `"${policy}";r=${units};t=${nextInSeconds}`;
	});
	return ['RateLimit-Policy', policies.join(', '), 'RateLimit', states.join(', ')];
}

/** Whether the response counts toward a policy. A job counts once, however often its creation is repeated. */
function countsToward(
	policy: RateLimitPolicy,
	operation: Exchange['operation'],
	status: number,
	headers: readonly string[],
): boolean {
	if (status === 401 || status === 429) return false;
	return policy !== 'jobs' || (status === operation?.status && !headers.includes('idempotency-replayed'));
}

export function createRateLimits({ quota, capacity, monotonicMs }: Deps): RateLimits {
	const buckets: Record<RateLimitPolicy, LRUCache<string, QuotaBucket>> = {
		requests: new LRUCache({ max: capacity }),
		jobs: new LRUCache({ max: capacity }),
	};
	/** The lowest limits seen so far. They apply to principals whose limit can't be read. Until one is seen, these principals are admitted. */
	const lowest: Partial<Record<RateLimitPolicy, number>> = {};

	function useOf(policy: RateLimitPolicy, credential: Credential): Use {
		const principal = principalOf(credential);
		let bucket = buckets[policy].get(principal);
		if (!bucket) {
			bucket = newQuotaBucket();
			buckets[policy].set(principal, bucket);
		}
		const request = { user_id: credential.userId, principal, policy };
		return { policy, bucket, request, spentFrom: undefined, retryAfterSeconds: undefined };
	}

	async function requestAllocation({ policy, bucket, request }: Use, canWait: boolean): Promise<void> {
		const late_units = bucket.lateUnits;
		const is_large = mayTakeMany(bucket, monotonicMs());
		try {
			const allocation = await quota.allocate({ ...request, is_large, late_units }, { canWait });
			const nowMs = monotonicMs();
			if (!allocation || allocation.limit === 0) {
				bucket.limit = 0;
				bucket.retryAtMs = nowMs + UNLIMITED_MS;
				return;
			}
			const { limit, units, full_in_ms: fullInMs } = allocation;
			lowest[policy] = Math.min(limit, lowest[policy] ?? limit);
			addAllocation(bucket, { limit, units, fullInMs }, nowMs);
			if (units > 0) bucket.lateUnits -= late_units;
			else bucket.retryAtMs = nowMs + NOTHING_LEFT_MS;
		} catch {
			// Quota calls log their failures.
			fallbacks.inc({ policy });
			bucket.limit ??= lowest[policy];
			addLocalShare(bucket, quota.gateways(), monotonicMs());
		}
	}

	/** Requests an allocation, unless a request is in progress. Never rejects. */
	function allocate(use: Use, canWait = false): Promise<void> {
		const { bucket } = use;
		bucket.pending ??= requestAllocation(use, canWait).finally(() => {
			bucket.pending = undefined;
		});
		return bucket.pending;
	}

	/**
	 * Spends a unit for the request, if the policy has a limit, and returns true. Returns undefined if it needs an allocation first. Throws
	 * `rate_limited`.
	 */
	function trySpend(use: Use): true | undefined {
		const { policy, bucket } = use;
		const nowMs = monotonicMs();
		if (!isLimited(use)) {
			if (bucket.limit === 0 && bucket.retryAtMs <= nowMs) void allocate(use);
			return true;
		}
		const spent = spendUnit(bucket, nowMs);
		if (typeof spent === 'number') {
			use.retryAfterSeconds = Math.ceil(spent / 1_000);
			throw planRateLimited(policy, bucket.limit ?? 0, use.retryAfterSeconds);
		}
		if (!spent) return undefined;
		use.spentFrom = spent;
		if (isNearlySpent(bucket) && bucket.retryAtMs <= nowMs) void allocate(use, true);
		return true;
	}

	async function spendAllocated(uses: readonly Use[]): Promise<void> {
		for (const use of uses) {
			while (!trySpend(use)) await allocate(use);
		}
	}

	function take(uses: readonly Use[]): undefined | Promise<void> {
		const waiting = uses.findIndex((use) => !trySpend(use));
		return waiting === -1 ? undefined : spendAllocated(uses.slice(waiting));
	}

	function settle(
		uses: readonly Use[],
		operation: Exchange['operation'],
		status: number,
		headers: readonly string[],
	): string[] {
		for (const use of uses) {
			if (!use.spentFrom || countsToward(use.policy, operation, status, headers)) continue;
			refundUnit(use.bucket, use.spentFrom);
			use.spentFrom = undefined;
		}
		return headersOf(uses, monotonicMs());
	}

	return {
		open(exchange) {
			const { credential, operation } = exchange;
			if (!credential || !operation) throw new Error('only requests of signed-in users have rate limits');
			const uses = [useOf('requests', credential)];
			if (operation.createsJob) uses.push(useOf('jobs', credential));
			exchange.rateLimitHeaders = (status, headers) => settle(uses, operation, status, headers);
			// An operation of cost 0 is never refused, so that signing out works while other sessions use up the quota.
			const limits: RequestLimits = { take: () => (operation.cost === 0 ? undefined : take(uses)) };
			const unknown = uses.filter(({ bucket }) => bucket.limit === undefined);
			if (unknown.length === 0) return limits;
			return Promise.all(unknown.map((use) => allocate(use))).then(() => limits);
		},
	};
}
