import type { Plans } from '@creatorr/contracts/plans';
import { maxActiveJobs } from '../accounts/plan-limits.ts';
import type { Tx } from '../database.sql.ts';
import { Prisma } from '../generated/client.ts';
import { IS_ACTIVE, IS_DISPATCHABLE, PROTECTED_MS, RUNNING_MS } from '../lifecycle/dispatch-state.sql.ts';
import { LAST_RUNS } from '../lifecycle/stored-names.sql.ts';
import type { Candidate, FreeSlots } from './choose-jobs.ts';

/** Every job counts for at least this: the shortest one takes a slot too, and its input has to be downloaded. */
const MIN_EXPECTED_SECONDS = 10;

/**
 * How long a job is expected to take. A preempted job counts with the time for which its next attempt is protected, whatever workers expect:
 * otherwise it could pass as a short one again, and preempt other jobs.
 */
const EXPECTED_SECONDS = Prisma.sql`greatest(expected_seconds, ${MIN_EXPECTED_SECONDS}::int, (${PROTECTED_MS} / 1000)::int)`;

export interface Fairness {
	plans: Plans;
	/** Active jobs of a user whose email is not verified. 0: as many as the plan allows. */
	unverifiedActiveJobs: number;
	/** A user without an active job of a tool who has waited longer than this gets the highest priority for one job of the tool. */
	starvationTimeoutMs: number;
	/**
	 * A deferred job waits at least this long: by then, every worker has reported its free background slots. With 0, also a job that this
	 * transaction has deferred is a candidate.
	 */
	deferralMs: number;
}

/**
 * Returns the waiting jobs that come first for these slots, in order:
 *
 * 1. the higher `urgency`: the priority of the job, or the highest priority of any plan after `starvationTimeoutMs`;
 * 2. fewer `seconds_ahead`: for each active job of the user and tool the larger of its expected and used time, plus the expected time of
 *    each waiting one that comes before the job;
 * 3. the earlier `virtual_finish`: the start of the wait plus the job's own expected time. The wait starts when the job is created or, if
 *    later, when the user's last job of the tool ends. So a shorter job overtakes a longer one only if its wait starts within the
 *    difference of their expected times.
 *
 * Returns enough jobs to fill the slots of each tool even if users use up their slots with other tools.
 *
 * Leaves out jobs for which the user's compute quota of the day doesn't suffice, until jobs end that take less than expected, or until the
 * next day. Active jobs and earlier waiting ones of the tool count with the larger of their expected and used time.
 */
export async function findCandidates(tx: Tx, freeSlots: FreeSlots, fairness: Fairness): Promise<Candidate[]> {
	const allSlots = [...freeSlots.byTool.values()].reduce((sum, count) => sum + count, 0);
	return await tx.$queryRaw<Candidate[]>`
		WITH RECURSIVE ${candidatesCte(freeSlots, fairness)}, ranked AS (
			SELECT *, row_number() OVER (PARTITION BY tool ORDER BY urgency DESC, seconds_ahead, virtual_finish, id) AS position
			FROM candidates
		)
		SELECT id, tool, user_id AS "userId", request_id AS "requestId", traceparent, user_slots AS "userSlots", background
		FROM ranked WHERE position <= ${allSlots}::int ORDER BY urgency DESC, seconds_ahead, virtual_finish, id`;
}

/**
 * Returns the common table expressions that end with `candidates`: of each user and tool, the first waiting jobs, as many as may be
 * dispatched. Their `likely_seconds` are the expected time, but at least twice the longest overrun of the user today.
 *
 * Reads no more jobs of a user than can be dispatched, and finds users by skipping through the index (loose index scan), so the
 * length of the queues doesn't matter.
 */
export function candidatesCte(
	freeSlots: FreeSlots,
	{ plans, unverifiedActiveJobs, starvationTimeoutMs, deferralMs }: Fairness,
): Prisma.Sql {
	const tools = [...freeSlots.byTool.keys()];
	const slots = [...freeSlots.byTool.values()];
	const backgroundSlots = tools.map((tool) => freeSlots.background.get(tool) ?? 0);
	const planTerms = Object.entries(plans);
	const planLimits = JSON.stringify(
		Object.fromEntries(
			planTerms.map(([plan, { computeSecondsPerDay, ...terms }]) => {
				const active = (emailVerified: boolean) =>
					maxActiveJobs(terms, { emailVerified, unverifiedActiveJobs });
				return [
					plan,
					{ verified: active(true), unverified: active(false), compute_ms: 1000 * computeSecondsPerDay },
				];
			}),
		),
	);
	const topPriority = Math.max(...planTerms.map(([, { priority }]) => priority));
	return Prisma.sql`free_slots AS (
			SELECT * FROM unnest(${tools}::text[], ${slots}::int[], ${backgroundSlots}::int[])
				AS free_slots (tool, slots, background_slots)
		), queues AS (
			SELECT free_slots.*, first.user_id FROM free_slots CROSS JOIN LATERAL (
				SELECT user_id FROM jobs WHERE tool = free_slots.tool AND ${IS_DISPATCHABLE}
				ORDER BY user_id LIMIT 1
			) AS first
			UNION ALL
			SELECT queues.tool, queues.slots, queues.background_slots, next.user_id FROM queues CROSS JOIN LATERAL (
				SELECT user_id FROM jobs WHERE tool = queues.tool AND ${IS_DISPATCHABLE}
					AND user_id > queues.user_id
				ORDER BY user_id LIMIT 1
			) AS next
		), active_by_tool AS (
			SELECT user_id, tool, count(*)::int AS jobs,
				sum(greatest(${EXPECTED_SECONDS}, (${RUNNING_MS}) / 1000)) AS seconds FROM jobs
			WHERE ${IS_ACTIVE}
			GROUP BY user_id, tool
		), active_by_user AS (
			SELECT user_id, sum(jobs)::int AS jobs, sum(seconds) AS seconds FROM active_by_tool GROUP BY user_id
		), usage AS (
			SELECT queues.*, coalesce(active_by_tool.jobs, 0) AS active_jobs,
				coalesce(active_by_tool.seconds, 0) AS active_seconds, last_runs.ended_at,
				(plan_limits ->> CASE WHEN accounts.email_verified THEN 'verified' ELSE 'unverified' END)::int
					- coalesce(active_by_user.jobs, 0) AS user_slots,
				(nullif((plan_limits ->> 'compute_ms')::bigint, 0) - coalesce(compute_usage.milliseconds, 0)) / 1000.0
					- coalesce(active_by_user.seconds, 0) AS compute_seconds_left,
				2 * coalesce(compute_usage.overrun_ms, 0)::bigint / 1000 AS overrun_seconds
			FROM queues
			LEFT JOIN active_by_tool USING (user_id, tool)
			LEFT JOIN active_by_user USING (user_id)
			LEFT JOIN accounts USING (user_id)
			LEFT JOIN ${LAST_RUNS} AS last_runs USING (user_id, tool)
			LEFT JOIN compute_usage ON compute_usage.user_id = queues.user_id
				AND compute_usage.day = (now() AT TIME ZONE 'UTC')::date
			CROSS JOIN LATERAL (SELECT ${planLimits}::jsonb -> coalesce(accounts.plan::text, 'free') AS plan_limits) AS of_plan
		), candidates AS (
			SELECT user_jobs.id, user_jobs.request_id, user_jobs.traceparent, tool, user_id, user_slots, background,
				priority, waiting_since, greatest(seconds, overrun_seconds) AS likely_seconds,
				active_seconds + seconds_before AS seconds_ahead, waiting_since + make_interval(secs => seconds) AS virtual_finish,
				CASE WHEN rank + active_jobs = 1 AND waiting_since < now() - make_interval(secs => ${starvationTimeoutMs / 1000})
					THEN greatest(priority, ${topPriority}::int) ELSE priority END AS urgency
			FROM usage CROSS JOIN LATERAL (
				SELECT id, request_id, traceparent, priority, background, seconds,
					greatest(created_at, usage.ended_at) AS waiting_since,
					row_number() OVER per_user AS rank, sum(seconds) OVER per_user - seconds AS seconds_before
				FROM jobs CROSS JOIN LATERAL (SELECT ${EXPECTED_SECONDS} AS seconds) AS cost
				WHERE tool = usage.tool AND user_id = usage.user_id AND ${IS_DISPATCHABLE}
					AND (NOT background OR background_slots > 0)
					AND (deferred_at IS NULL OR deferred_at <= clock_timestamp() - make_interval(secs => ${deferralMs / 1000}))
				WINDOW per_user AS (ORDER BY priority DESC, id)
				ORDER BY priority DESC, id LIMIT greatest(0, least(slots, user_slots))
			) AS user_jobs
			WHERE coalesce(seconds_before < compute_seconds_left, true)
		)`;
}
