import type { Plans } from '@creatorr/contracts/plans';
import type { Candidate, FreePlaces } from '../domain/choose-releases.ts';
import { maxActiveJobs } from '../domain/max-active-jobs.ts';
import { IS_DISPATCHABLE, IS_IN_FLIGHT } from './dispatch-state.ts';
import type { Tx } from './prisma.ts';

/** What any job counts for at least: also the shortest takes a place, and its input has to be fetched. */
const SHORTEST_SECONDS = 10;

export interface Fairness {
	plans: Plans;
	/** Active jobs of a user whose email is not verified; 0 for as many as the plan allows. */
	unverifiedActiveJobs: number;
	/** A user without a job in flight who waits for a tool for longer has the highest priority there, for one job. */
	passOverMs: number;
	/** A deferred job waits for at least so long, until the heartbeat of every worker has told of its free background slots. */
	deferralMs: number;
}

/**
 * The waiting jobs that come first for these places, in order: the higher priority first, then users who have less of the tool
 * in flight, by the time that it is expected to take, then who has waited for longer since their last one ended. There a job
 * counts as later by as long as it is expected to take itself, so that short ones overtake it for that long and no longer.
 * Enough of them for each tool to fill its places, also when users use up their allowance with other tools.
 *
 * Leaves out users whose compute quota of the day is used up, until the next day.
 *
 * Looks at no more jobs of a user than may be taken, and finds the users by leaping through the index from one to the next:
 * the length of the queues does not matter. `turn` is how many seconds of a user's jobs come before.
 */
export async function findCandidates(
	tx: Tx,
	freePlaces: FreePlaces,
	{ plans, unverifiedActiveJobs, passOverMs, deferralMs }: Fairness,
): Promise<Candidate[]> {
	const tools = [...freePlaces.byTool.keys()];
	const places = [...freePlaces.byTool.values()];
	const backgroundPlaces = tools.map((tool) => freePlaces.background.get(tool) ?? 0);
	const allPlaces = places.reduce((sum, count) => sum + count, 0);
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
			SELECT * FROM unnest(${tools}::text[], ${places}::int[], ${backgroundPlaces}::int[])
				AS open (tool, places, background_places)
		), queues AS (
			SELECT open.*, first.user_id FROM open CROSS JOIN LATERAL (
				SELECT user_id FROM jobs WHERE tool = open.tool AND ${IS_DISPATCHABLE}
				ORDER BY user_id LIMIT 1
			) AS first
			UNION ALL
			SELECT queues.tool, queues.places, queues.background_places, next.user_id FROM queues CROSS JOIN LATERAL (
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
		), standings AS (
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
				seconds_in_flight + seconds_before AS turn, since + make_interval(secs => seconds) AS due,
				CASE WHEN rank + in_flight = 1 AND since < now() - make_interval(secs => ${passOverMs / 1000})
					THEN greatest(priority, ${topPriority}::int) ELSE priority END AS urgency
			FROM standings CROSS JOIN LATERAL (
				SELECT id, request_id, traceparent, priority, background, seconds,
					greatest(created_at, standings.ended_at) AS since,
					row_number() OVER mine AS rank, sum(seconds) OVER mine - seconds AS seconds_before
				FROM jobs CROSS JOIN LATERAL (SELECT greatest(expected_seconds, ${SHORTEST_SECONDS}::int) AS seconds) AS cost
				WHERE tool = standings.tool AND user_id = standings.user_id AND ${IS_DISPATCHABLE}
					AND (NOT background OR background_places > 0)
					AND (deferred_at IS NULL OR deferred_at < now() - make_interval(secs => ${deferralMs / 1000}))
				WINDOW mine AS (ORDER BY priority DESC, id)
				ORDER BY priority DESC, id LIMIT greatest(0, least(places, allowance))
			) AS first
		), ranked AS (
			SELECT *, row_number() OVER (PARTITION BY tool ORDER BY urgency DESC, turn, due, id) AS place
			FROM candidates
		)
		SELECT id, tool, user_id AS "userId", request_id AS "requestId", traceparent, allowance, background
		FROM ranked WHERE place <= ${allPlaces}::int ORDER BY urgency DESC, turn, due, id`;
}
