import type { Plans } from '@creatorr/contracts/plans';
import { maxActiveJobs } from '../accounts/plan-limits.ts';
import type { Tx } from '../database.sql.ts';
import { IS_DISPATCHABLE, IS_IN_FLIGHT } from '../lifecycle/dispatch-state.sql.ts';
import type { Candidate, FreeSlots } from './choose-jobs.ts';

/** Every job counts for at least this: the shortest one takes a slot too, and its input has to be downloaded. */
const SHORTEST_SECONDS = 10;

export interface Fairness {
	plans: Plans;
	/** Active jobs of a user whose email is not verified. 0: as many as the plan allows. */
	unverifiedActiveJobs: number;
	/** A user without a job in flight who waits for a tool for longer gets the highest priority there, for one job. */
	starvationTimeoutMs: number;
	/** A deferred job waits for at least this long, until every worker has reported its free background slots. */
	deferralMs: number;
}

/**
 * Returns the waiting jobs that come first for these slots, in order: the higher priority, then the user with fewer expected
 * seconds of the tool in flight, then the user who has waited for longer since their last job ended. In the last comparison a job
 * counts as later by its own expected time, so that short jobs overtake it for that long and no longer. Returns enough jobs to fill
 * the slots of each tool even if users use up their allowance with other tools.
 *
 * Leaves out users whose compute quota of the day is used up, until the next day.
 *
 * Reads no more jobs of a user than can be dispatched, and finds users by skipping through the index (loose index scan), so the
 * length of the queues doesn't matter. `seconds_ahead` is the expected time of the user’s jobs that come before.
 */
export async function findCandidates(
	tx: Tx,
	freeSlots: FreeSlots,
	{ plans, unverifiedActiveJobs, starvationTimeoutMs, deferralMs }: Fairness,
): Promise<Candidate[]> {
	const tools = [...freeSlots.byTool.keys()];
	const slots = [...freeSlots.byTool.values()];
	const backgroundSlots = tools.map((tool) => freeSlots.background.get(tool) ?? 0);
	const allSlots = slots.reduce((sum, count) => sum + count, 0);
	const terms = Object.entries(plans);
	const limits = JSON.stringify(
		Object.fromEntries(
			terms.map(([plan, { computeSecondsPerDay, ...planTerms }]) => {
				const active = (verified: boolean) => maxActiveJobs(planTerms, { verified, unverifiedActiveJobs });
				return [
					plan,
					{ verified: active(true), unverified: active(false), compute_ms: 1000 * computeSecondsPerDay },
				];
			}),
		),
	);
	const topPriority = Math.max(...terms.map(([, { priority }]) => priority));
	return await tx.$queryRaw<Candidate[]>`
		WITH RECURSIVE open AS (
			SELECT * FROM unnest(${tools}::text[], ${slots}::int[], ${backgroundSlots}::int[])
				AS open (tool, slots, background_slots)
		), queues AS (
			SELECT open.*, first.user_id FROM open CROSS JOIN LATERAL (
				SELECT user_id FROM jobs WHERE tool = open.tool AND ${IS_DISPATCHABLE}
				ORDER BY user_id LIMIT 1
			) AS first
			UNION ALL
			SELECT queues.tool, queues.slots, queues.background_slots, next.user_id FROM queues CROSS JOIN LATERAL (
				SELECT user_id FROM jobs WHERE tool = queues.tool AND ${IS_DISPATCHABLE}
					AND user_id > queues.user_id
				ORDER BY user_id LIMIT 1
			) AS next
		), in_flight AS (
			SELECT user_id, tool, count(*)::int AS jobs,
				sum(greatest(expected_seconds, ${SHORTEST_SECONDS}::int)) AS seconds FROM jobs
			WHERE ${IS_IN_FLIGHT}
			GROUP BY user_id, tool
		), active AS (
			SELECT user_id, sum(jobs)::int AS jobs FROM in_flight GROUP BY user_id
		), usage AS (
			SELECT queues.*, coalesce(in_flight.jobs, 0) AS in_flight,
				coalesce(in_flight.seconds, 0) AS seconds_in_flight, turns.ended_at,
				CASE WHEN (terms ->> 'compute_ms')::bigint BETWEEN 1 AND coalesce(compute_usage.milliseconds, 0) THEN 0
					ELSE (terms ->> CASE WHEN accounts.email_verified THEN 'verified' ELSE 'unverified' END)::int
						- coalesce(active.jobs, 0) END AS allowance
			FROM queues
			LEFT JOIN in_flight USING (user_id, tool)
			LEFT JOIN active USING (user_id)
			LEFT JOIN accounts USING (user_id)
			LEFT JOIN turns USING (user_id, tool)
			LEFT JOIN compute_usage ON compute_usage.user_id = queues.user_id
				AND compute_usage.day = (now() AT TIME ZONE 'UTC')::date
			CROSS JOIN LATERAL (SELECT ${limits}::jsonb -> coalesce(accounts.plan::text, 'free') AS terms) AS terms
		), candidates AS (
			SELECT first.id, first.request_id, first.traceparent, tool, user_id, allowance, background,
				seconds_in_flight + seconds_before AS seconds_ahead, since + make_interval(secs => seconds) AS due,
				CASE WHEN rank + in_flight = 1 AND since < now() - make_interval(secs => ${starvationTimeoutMs / 1000})
					THEN greatest(priority, ${topPriority}::int) ELSE priority END AS urgency
			FROM usage CROSS JOIN LATERAL (
				SELECT id, request_id, traceparent, priority, background, seconds,
					greatest(created_at, usage.ended_at) AS since,
					row_number() OVER mine AS rank, sum(seconds) OVER mine - seconds AS seconds_before
				FROM jobs CROSS JOIN LATERAL (SELECT greatest(expected_seconds, ${SHORTEST_SECONDS}::int) AS seconds) AS cost
				WHERE tool = usage.tool AND user_id = usage.user_id AND ${IS_DISPATCHABLE}
					AND (NOT background OR background_slots > 0)
					AND (deferred_at IS NULL OR deferred_at < now() - make_interval(secs => ${deferralMs / 1000}))
				WINDOW mine AS (ORDER BY priority DESC, id)
				ORDER BY priority DESC, id LIMIT greatest(0, least(slots, allowance))
			) AS first
		), ranked AS (
			SELECT *, row_number() OVER (PARTITION BY tool ORDER BY urgency DESC, seconds_ahead, due, id) AS position
			FROM candidates
		)
		SELECT id, tool, user_id AS "userId", request_id AS "requestId", traceparent, allowance, background
		FROM ranked WHERE position <= ${allSlots}::int ORDER BY urgency DESC, seconds_ahead, due, id`;
}
