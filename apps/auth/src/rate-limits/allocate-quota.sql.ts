import type { QuotaAllocation, QuotaRequest } from '@creatorr/contracts/internal/auth';
import type { Plans, PlanTerms } from '@creatorr/contracts/plans';
import {
	RATE_LIMIT_WINDOW_SECONDS,
	type RateLimitPolicy,
	rateLimitPolicySchema,
} from '@creatorr/contracts/rate-limits';
import type { Database } from '../database.sql.ts';
import { definePruneTask } from '../prune-task.ts';

/**
 * Units that the bucket restores within this time may be allocated in advance: gateways may spend them only when they are restored. Bounds the
 * units that are lost with gateways that end.
 */
const MAX_ADVANCE_SECONDS = 60;

/** The quota divided by this is a large allocation. */
const LARGE_DIVISOR = 10;
/** The quota divided by this is a small allocation, which has at least {@link MIN_SMALL_UNITS}. */
const SMALL_DIVISOR = 50;
const MIN_SMALL_UNITS = 3;

const QUOTA_OF: Readonly<Record<RateLimitPolicy, (terms: PlanTerms) => number>> = {
	requests: (terms) => terms.requestsPerMinute,
	jobs: (terms) => terms.jobsPerMinute,
};

/**
 * Returns the units of large and small allocations. Small ones are for buckets with few units left, so that other gateways get some, too.
 */
export function allocationSizes(quota: number): { large: number; small: number } {
	const large = Math.max(1, Math.floor(quota / LARGE_DIVISOR));
	return { large, small: Math.min(large, Math.max(MIN_SMALL_UNITS, Math.floor(quota / SMALL_DIVISOR))) };
}

function quotasOf(plans: Plans) {
	return Object.entries(plans).flatMap(([plan, terms]) =>
		rateLimitPolicySchema.options.map((policy) => {
			const quota = QUOTA_OF[policy](terms);
			return { plan, policy, quota, ...allocationSizes(quota) };
		}),
	);
}

interface Row {
	gateways: number;
	ordinal: number;
	quota: number;
	units: number;
	full_in_ms: number | null;
}

/**
 * Allocates units to a gateway with the generic cell rate algorithm and the clock of the database. `full_at` is the theoretical arrival
 * time: each allocation moves it by the time in which the allocated units are restored. Units may be allocated in advance: the bucket has
 * not restored them yet, and the gateway spends them only then. Locks rows in the order of their keys, so that two gateways don't deadlock.
 */
export async function allocateUnits(
	prisma: Database,
	plans: Plans,
	requests: readonly QuotaRequest[],
): Promise<{ gateways: number; allocations: QuotaAllocation[] }> {
	const column = <K extends keyof QuotaRequest>(name: K) => requests.map((request) => request[name]);
	const quotas = quotasOf(plans);
	const rows = await prisma.$queryRaw<Row[]>`
		WITH quotas AS (
			SELECT * FROM unnest(
				${quotas.map(({ plan }) => plan)}::text[], ${quotas.map(({ policy }) => policy)}::text[],
				${quotas.map(({ quota }) => quota)}::int[], ${quotas.map(({ large }) => large)}::int[],
				${quotas.map(({ small }) => small)}::int[]
			) AS quotas (plan, policy, quota, large, small)
		), requests AS MATERIALIZED (
			SELECT ordinal::int, principal, policy, quota, excess_units,
				CASE WHEN is_large THEN large ELSE small END AS units
			FROM unnest(
				${column('user_id')}::text[], ${column('principal')}::text[], ${column('policy')}::text[],
				${column('is_large')}::boolean[], ${column('excess_units')}::int[]
			) WITH ORDINALITY AS requests (user_id, principal, policy, is_large, excess_units, ordinal)
			JOIN users ON users.id = requests.user_id
			JOIN quotas USING (policy)
			WHERE quotas.plan = users.plan::text
		), allocated AS (
			INSERT INTO rate_limits AS bucket (principal, policy, full_at)
			SELECT principal, policy, now() + make_interval(
				secs => (excess_units + units) * ${RATE_LIMIT_WINDOW_SECONDS}::float8 / quota)
			FROM requests WHERE quota > 0 ORDER BY principal, policy
			ON CONFLICT (principal, policy) DO UPDATE
				SET full_at = excluded.full_at + greatest(bucket.full_at - now(), interval '0')
				WHERE bucket.full_at < now() + make_interval(
					secs => ${RATE_LIMIT_WINDOW_SECONDS + MAX_ADVANCE_SECONDS}::float8)
			RETURNING principal, policy, extract(epoch FROM full_at - now())::float8 * 1000 AS full_in_ms
		)
		SELECT ordinal, quota, units, full_in_ms, greatest(1, (
			SELECT count(*) FROM gateway_leases WHERE fenced_at IS NULL AND expires_at > now())::int) AS gateways
		FROM requests LEFT JOIN allocated USING (principal, policy)`;
	const found = new Map(rows.map((row) => [row.ordinal, row]));
	return {
		gateways: rows[0]?.gateways ?? 1,
		allocations: requests.map((_, index) => allocationOf(found.get(index + 1))),
	};
}

function allocationOf(row: Row | undefined): QuotaAllocation {
	if (!row) return null;
	if (row.quota === 0) return { limit: 0, units: 0, full_in_ms: 0 };
	const advanceMs = 1_000 * (RATE_LIMIT_WINDOW_SECONDS + MAX_ADVANCE_SECONDS);
	if (row.full_in_ms === null) return { limit: row.quota, units: 0, full_in_ms: advanceMs };
	return { limit: row.quota, units: row.units, full_in_ms: row.full_in_ms };
}

/** Deletes full buckets. Skips those that an allocation has locked, because the two statements could otherwise deadlock. */
export const pruneRateLimits = definePruneTask<{ prisma: Database }>(
	'prune_rate_limits',
	({ prisma }, batchSize) => prisma.$executeRaw`
		DELETE FROM rate_limits WHERE (principal, policy) IN (
			SELECT principal, policy FROM rate_limits WHERE full_at < now() LIMIT ${batchSize}
			FOR UPDATE SKIP LOCKED)`,
);
