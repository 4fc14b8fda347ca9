import { RATE_LIMIT_WINDOW_SECONDS } from '@creatorr/contracts/rate-limits';

/** The window of every rate limit. */
export const WINDOW_MS = 1_000 * RATE_LIMIT_WINDOW_SECONDS;

/** Added to quotients of times, so that no unit is lost by rounding. */
const ROUNDING = 1e-6;

/** The next allocation is requested when this share of the last one is left. */
const PREFETCH_SHARE = 0.5;

/** Units that this gateway may spend: one request or job each. All times are in milliseconds of this gateway's clock. */
export interface Allocation {
	units: number;
	spent: number;
	/** When the first unit may be spent. Each further one may be spent `unitMs` later. */
	firstReadyMs: number;
	unitMs: number;
	/** When the bucket would be full if no unit of this allocation were spent. After this time, its unspent units overflow the bucket. */
	overflowsFromMs: number;
	/** Units of this allocation that have overflowed the bucket. */
	overflowed: number;
}

/** The state of one rate limit at this gateway, for an API key or, for sessions, a user. */
export interface QuotaBucket {
	/** Units a minute; 0: no limit. Undefined until auth has responded. */
	limit: number | undefined;
	/** When the bucket is full again according to auth's last response. Other gateways may have taken units since then. */
	fullAtMs: number;
	/** Oldest first. */
	allocations: Allocation[];
	/**
	 * Units spent here after the bucket had refilled without room for them. The next allocation deducts them from the bucket. Otherwise,
	 * units that gateways kept during a pause could be spent in addition to a full bucket. ADR 24 explains it.
	 */
	lateUnits: number;
	/** No allocation is requested before this time. */
	retryAtMs: number;
	/** When the next unit of a local share may be spent ({@link addLocalShare}). */
	nextLocalMs: number;
	/** The current request for an allocation. Never rejects. */
	pending: Promise<void> | undefined;
}

export function newQuotaBucket(): QuotaBucket {
	return {
		limit: undefined,
		fullAtMs: 0,
		allocations: [],
		lateUnits: 0,
		retryAtMs: 0,
		nextLocalMs: 0,
		pending: undefined,
	};
}

/** Adds what auth allocated. The bucket is full again after `fullInMs`, with all of these units spent. */
export function addAllocation(
	bucket: QuotaBucket,
	{ limit, units, fullInMs }: { limit: number; units: number; fullInMs: number },
	nowMs: number,
): void {
	const unitMs = WINDOW_MS / limit;
	const fullAtMs = nowMs + fullInMs;
	bucket.limit = limit;
	bucket.fullAtMs = fullAtMs;
	if (units === 0) return;
	const overflowsFromMs = fullAtMs - units * unitMs;
	const firstReadyMs = overflowsFromMs + unitMs - WINDOW_MS;
	bucket.allocations.push({ units, spent: 0, firstReadyMs, unitMs, overflowsFromMs, overflowed: 0 });
}

/** Adds this gateway's share of the quota for about a second, while auth allocates nothing. */
export function addLocalShare(bucket: QuotaBucket, gateways: number, nowMs: number): void {
	if (!bucket.limit) return;
	const unitMs = (gateways * WINDOW_MS) / bucket.limit;
	const units = Math.max(1, Math.floor(1_000 / unitMs));
	const firstReadyMs = Math.max(nowMs, bucket.nextLocalMs);
	bucket.nextLocalMs = firstReadyMs + units * unitMs;
	bucket.fullAtMs = nowMs + WINDOW_MS;
	const overflowsFromMs = Number.POSITIVE_INFINITY;
	bucket.allocations.push({ units, spent: 0, firstReadyMs, unitMs, overflowsFromMs, overflowed: 0 });
}

function readyAtMs({ firstReadyMs, spent, unitMs }: Allocation): number {
	return firstReadyMs + spent * unitMs;
}

/** Adds the units that have overflowed the bucket until now to its late units. */
function noteOverflow(bucket: QuotaBucket, allocation: Allocation, nowMs: number): void {
	const { units, spent, unitMs, overflowsFromMs } = allocation;
	const restored = Math.floor((nowMs - overflowsFromMs) / unitMs);
	const overflowed = Math.min(restored - spent, units - spent);
	if (overflowed <= allocation.overflowed) return;
	bucket.lateUnits += overflowed - allocation.overflowed;
	allocation.overflowed = overflowed;
}

/**
 * Spends a unit. Returns its allocation, or the milliseconds until the next unit may be spent; undefined if an allocation must be requested
 * first.
 */
export function spendUnit(bucket: QuotaBucket, nowMs: number): Allocation | number | undefined {
	const [allocation] = bucket.allocations;
	if (!allocation) return bucket.retryAtMs > nowMs ? bucket.retryAtMs - nowMs : undefined;
	const waitMs = readyAtMs(allocation) - nowMs;
	if (waitMs > 0) return waitMs;
	noteOverflow(bucket, allocation, nowMs);
	allocation.spent += 1;
	if (allocation.spent === allocation.units) bucket.allocations.shift();
	return allocation;
}

/** Gives the unit of a request that doesn't count back to its allocation. */
export function refundUnit(bucket: QuotaBucket, allocation: Allocation): void {
	if (allocation.spent === allocation.units) bucket.allocations.unshift(allocation);
	allocation.spent -= 1;
}

/** Whether to request the next allocation before requests have to wait for it. */
export function isNearlySpent({ allocations }: QuotaBucket): boolean {
	const last = allocations.at(-1);
	if (!last) return true;
	const left = allocations.reduce((sum, { units, spent }) => sum + units - spent, 0);
	return left <= last.units * PREFETCH_SHARE;
}

/** Whether to request a large allocation: the bucket is more than half full, as far as this gateway knows. */
export function mayTakeMany({ fullAtMs }: QuotaBucket, nowMs: number): boolean {
	return fullAtMs - nowMs < WINDOW_MS / 2;
}

function readyUnits(allocation: Allocation, nowMs: number): number {
	const { units, spent, unitMs } = allocation;
	const ready = Math.floor((nowMs - readyAtMs(allocation)) / unitMs + ROUNDING) + 1;
	return Math.min(Math.max(0, ready), units - spent);
}

/** Estimates the units that the bucket and this gateway have now, and the seconds until there is one more. */
export function remainingUnits(bucket: QuotaBucket, nowMs: number): { units: number; nextInSeconds: number } {
	const { limit = 0, fullAtMs, allocations, lateUnits } = bucket;
	const unitMs = WINDOW_MS / limit;
	const restored = Math.floor((nowMs + WINDOW_MS - fullAtMs) / unitMs + ROUNDING);
	const shared = Math.min(limit, Math.max(0, restored));
	const own = allocations.reduce((sum, allocation) => sum + readyUnits(allocation, nowMs), 0);
	const units = Math.min(limit, Math.max(0, shared + own - lateUnits));
	const [first] = allocations;
	const nextMs = units > 0 || !first ? unitMs : readyAtMs(first) - nowMs;
	return { units, nextInSeconds: Math.max(1, Math.ceil(nextMs / 1_000)) };
}
