import type { Plan } from '@creatorr/contracts/plans';
import { RATE_LIMIT_WINDOW_SECONDS } from '@creatorr/contracts/rate-limits';

/** The window of every rate limit. */
export const WINDOW_MS = 1_000 * RATE_LIMIT_WINDOW_SECONDS;

/** Added before quotients are rounded down, so that a floating-point error loses no unit. */
const ROUNDING_TOLERANCE = 1e-6;

/** The next allocation is requested when this share of the last one is left. */
const PREFETCH_SHARE = 0.5;

/** Units that this gateway may spend: one request or job each. All times are in milliseconds of this gateway's clock. */
export interface Allocation {
	units: number;
	spent: number;
	/** When the first unit may be spent. Each further one may be spent `msPerUnit` later. */
	firstReadyAtMs: number;
	msPerUnit: number;
	/** When the refilled bucket and all units together reach the quota. Each spent unit delays the excess by `msPerUnit`. */
	excessFromMs: number;
	/** Units of this allocation that are counted in {@link QuotaBucket.excessUnits}. */
	excessUnits: number;
}

/**
 * What this gateway knows and holds of one rate limit, for an API key or, for sessions, a user. The bucket itself is at auth, and all
 * gateways share it (ADR 24).
 */
export interface QuotaBucket {
	/** Plan of the API key. Undefined for sessions, whose plan this gateway doesn't know. */
	plan: Plan | undefined;
	/** Units a minute; 0: no limit. Undefined until auth has responded. */
	limit: number | undefined;
	/** When the shared bucket is full again, as of the last allocation or local share. Other gateways may have taken units since then. */
	fullAtMs: number;
	/** Oldest first. */
	allocations: Allocation[];
	/**
	 * Unspent units beyond the quota: since they were allocated, the shared bucket has refilled so far that it and the unspent units of this
	 * gateway are more than the quota. Auth deducts them with the next allocation.
	 */
	excessUnits: number;
	/** No allocation is requested before this time. */
	retryAtMs: number;
	/** When the next unit of a local share may be spent ({@link addLocalShare}). */
	nextLocalAtMs: number;
	/** The current request for an allocation. Never rejects. */
	pending: Promise<void> | undefined;
}

export function newQuotaBucket(plan: Plan | undefined): QuotaBucket {
	return {
		plan,
		limit: undefined,
		fullAtMs: 0,
		allocations: [],
		excessUnits: 0,
		retryAtMs: 0,
		nextLocalAtMs: 0,
		pending: undefined,
	};
}

/** Adds units that auth has allocated. If all of them are spent, the bucket is full again after `fullInMs`. */
export function addAllocation(
	bucket: QuotaBucket,
	{ limit, units, fullInMs }: { limit: number; units: number; fullInMs: number },
	nowMs: number,
): void {
	const msPerUnit = WINDOW_MS / limit;
	const fullAtMs = nowMs + fullInMs;
	bucket.limit = limit;
	bucket.fullAtMs = fullAtMs;
	if (units === 0) return;
	const excessFromMs = fullAtMs - units * msPerUnit;
	// GCRA: a unit may be spent when the bucket, after it is taken, would be full again within one window.
	const firstReadyAtMs = excessFromMs + msPerUnit - WINDOW_MS;
	bucket.allocations.push({ units, spent: 0, firstReadyAtMs, msPerUnit, excessFromMs, excessUnits: 0 });
}

/** Adds this gateway's share of the quota for about a second, because a call to auth has failed. */
export function addLocalShare(bucket: QuotaBucket, gateways: number, nowMs: number): void {
	if (!bucket.limit) return;
	const msPerUnit = (gateways * WINDOW_MS) / bucket.limit;
	const units = Math.max(1, Math.floor(1_000 / msPerUnit));
	const firstReadyAtMs = Math.max(nowMs, bucket.nextLocalAtMs);
	bucket.nextLocalAtMs = firstReadyAtMs + units * msPerUnit;
	// Treats the bucket as empty, so that the headers show only this share, and the next allocation is small.
	bucket.fullAtMs = nowMs + WINDOW_MS;
	const excessFromMs = Number.POSITIVE_INFINITY;
	bucket.allocations.push({ units, spent: 0, firstReadyAtMs, msPerUnit, excessFromMs, excessUnits: 0 });
}

function readyAtMs({ firstReadyAtMs, spent, msPerUnit }: Allocation): number {
	return firstReadyAtMs + spent * msPerUnit;
}

/** Counts unspent units of the allocation as excess: as many as the bucket has restored beyond a full quota. */
function countExcessUnits(bucket: QuotaBucket, allocation: Allocation, nowMs: number): void {
	const { units, spent, msPerUnit, excessFromMs } = allocation;
	const restored = Math.floor((nowMs - excessFromMs) / msPerUnit);
	const excessUnits = Math.min(restored - spent, units - spent);
	if (excessUnits <= allocation.excessUnits) return;
	bucket.excessUnits += excessUnits - allocation.excessUnits;
	allocation.excessUnits = excessUnits;
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
	countExcessUnits(bucket, allocation, nowMs);
	allocation.spent += 1;
	if (allocation.spent === allocation.units) bucket.allocations.shift();
	return allocation;
}

/** Returns the unit of a request that doesn't count to its allocation. */
export function refundUnit(bucket: QuotaBucket, allocation: Allocation): void {
	if (allocation.spent === allocation.units) bucket.allocations.unshift(allocation);
	allocation.spent -= 1;
}

/** Whether to request the next allocation before requests have to wait for it. */
export function needsPrefetch({ allocations }: QuotaBucket): boolean {
	const last = allocations.at(-1);
	if (!last) return true;
	const left = allocations.reduce((sum, { units, spent }) => sum + units - spent, 0);
	return left <= last.units * PREFETCH_SHARE;
}

/** Whether the bucket is more than half full, as far as this gateway knows. Then the next allocation may be large. */
export function shouldRequestLarge({ fullAtMs }: QuotaBucket, nowMs: number): boolean {
	return fullAtMs - nowMs < WINDOW_MS / 2;
}

function readyUnits(allocation: Allocation, nowMs: number): number {
	const { units, spent, msPerUnit } = allocation;
	const ready = Math.floor((nowMs - readyAtMs(allocation)) / msPerUnit + ROUNDING_TOLERANCE) + 1;
	return Math.min(Math.max(0, ready), units - spent);
}

/** Estimates the units that the bucket and this gateway have now, and the seconds until there is one more. */
export function remainingUnits(bucket: QuotaBucket, nowMs: number): { units: number; nextInSeconds: number } {
	const { limit = 0, fullAtMs, allocations, excessUnits } = bucket;
	const msPerUnit = WINDOW_MS / limit;
	const restored = Math.floor((nowMs + WINDOW_MS - fullAtMs) / msPerUnit + ROUNDING_TOLERANCE);
	const shared = Math.min(limit, Math.max(0, restored));
	const localUnits = allocations.reduce((sum, allocation) => sum + readyUnits(allocation, nowMs), 0);
	const units = Math.min(limit, Math.max(0, shared + localUnits - excessUnits));
	const [first] = allocations;
	const nextMs = units > 0 || !first ? msPerUnit : readyAtMs(first) - nowMs;
	return { units, nextInSeconds: Math.max(1, Math.ceil(nextMs / 1_000)) };
}
