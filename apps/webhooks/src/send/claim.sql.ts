import type { EventData, EventType } from '@creatorr/contracts/webhooks';
import type { Database } from '../database.sql.ts';
import { Prisma } from '../generated/client.ts';
import { BREAKER_FAILURES, type EndpointHealth } from './endpoint-health.ts';

/** A delivery that this process attempts now. */
export interface ClaimedDelivery extends EndpointHealth {
	id: string;
	/** Number of the attempt: its fencing token. */
	number: number;
	/** Position of this attempt in the retry schedule, from 1. A replay starts the schedule again. */
	retryStep: number;
	/** Time since the event was recorded. */
	ageSeconds: number;
	endpointId: string;
	userId: string;
	url: string;
	/** The host of the URL without its port; of an IPv6 address only the first group. */
	host: string;
	/** The endpoint's epoch when the attempt began. */
	healthEpoch: number;
	sealedSecret: string;
	/** Null when no rotation is in its grace period. */
	previousSealedSecret: string | null;
	eventId: string;
	type: EventType;
	occurredAt: Date;
	data: EventData;
}

export interface ClaimLimits {
	/** How many deliveries to claim at most. */
	free: number;
	/** How many of them may be to slow endpoints. */
	freeSlow: number;
	/** Attempts of this process at a time to one endpoint. */
	perEndpoint: number;
	/** Attempts of this process at a time to all endpoints of one user at one host. */
	perHost: number;
	/** Attempts of this process at a time to all endpoints of one user. */
	perUser: number;
	/** Running attempts of this process, by endpoint. */
	runningByEndpoint: ReadonlyMap<string, number>;
	/** Running attempts of this process, by user ID and host, separated by a space. */
	runningByHost: ReadonlyMap<string, number>;
	/** Running attempts of this process, by user. */
	runningByUser: ReadonlyMap<string, number>;
	/** Longer than an attempt takes. If this process dies, another one repeats the attempt after this time. */
	leaseSeconds: number;
}

/** The host of an endpoint. IPv6 addresses that begin alike count as one: a regular expression that keeps them apart slows the claim. */
const HOST = Prisma.sql`split_part(split_part(endpoints.url, '/', 3), ':', 1)`;

/** A process looks at more deliveries than it claims, so that two processes that choose the same ones can still claim different ones. */
const LOOKAHEAD = 2;

/**
 * Claims due deliveries within the limits of each user, host and endpoint: none to an endpoint that is paused, one at a time to one whose
 * circuit breaker is open. Users with the fewest running attempts come first, so that the backlog of one user doesn't delay others. Among the
 * deliveries of a user, those due for longest come first. At a host that reaches its limit, endpoints with the fewest running attempts come
 * first.
 *
 * Visits each endpoint with pending deliveries by the index `deliveries_due`, so that a long backlog of one endpoint doesn't slow down the
 * claim. The recursion sorts by due_at, too, only so that the planner uses this index: sorted by endpoint_id alone, it may choose another one
 * after a long backlog, and read all deliveries that have ended.
 */
export async function claimDeliveries(prisma: Database, limits: ClaimLimits): Promise<ClaimedDelivery[]> {
	const { free, freeSlow, perEndpoint, perHost, perUser, leaseSeconds } = limits;
	const { runningByEndpoint, runningByHost, runningByUser } = limits;
	return await prisma.$queryRaw<ClaimedDelivery[]>`
		WITH RECURSIVE waiting AS (
			(SELECT endpoint_id FROM deliveries WHERE due_at IS NOT NULL ORDER BY endpoint_id, due_at LIMIT 1)
			UNION ALL
			SELECT (SELECT others.endpoint_id FROM deliveries AS others
				WHERE others.due_at IS NOT NULL AND others.endpoint_id > waiting.endpoint_id
				ORDER BY others.endpoint_id, others.due_at LIMIT 1)
			FROM waiting WHERE waiting.endpoint_id IS NOT NULL
		), due AS (
			SELECT first.id, first.due_at, endpoints.id AS endpoint_id, endpoints.user_id, endpoints.slow,
				coalesce(at_endpoint.attempts, 0) AS at_endpoint, coalesce(at_host.attempts, 0) AS at_host
			FROM waiting JOIN endpoints ON endpoints.id = waiting.endpoint_id
			LEFT JOIN unnest(${[...runningByEndpoint.keys()]}::text[], ${[...runningByEndpoint.values()]}::int[])
				AS at_endpoint (endpoint_id, attempts) ON at_endpoint.endpoint_id = endpoints.id
			LEFT JOIN unnest(${[...runningByHost.keys()]}::text[], ${[...runningByHost.values()]}::int[])
				AS at_host (user_and_host, attempts) ON at_host.user_and_host = endpoints.user_id || ' ' || ${HOST}
			CROSS JOIN LATERAL (
				SELECT id, due_at FROM deliveries WHERE endpoint_id = endpoints.id AND due_at <= now()
				ORDER BY due_at LIMIT greatest(0, least(${perHost}::int - coalesce(at_host.attempts, 0),
					CASE WHEN endpoints.failures >= ${BREAKER_FAILURES}::int THEN 1 ELSE ${perEndpoint}::int END
						- coalesce(at_endpoint.attempts, 0)))
			) AS first
			WHERE endpoints.status = 'enabled' AND coalesce(endpoints.paused_until <= now(), true)
		), ranked AS (
			SELECT due.*, coalesce(busy.attempts, 0)
				+ row_number() OVER (PARTITION BY due.user_id ORDER BY due.due_at) AS user_attempts
			FROM due LEFT JOIN unnest(${[...runningByUser.keys()]}::text[], ${[...runningByUser.values()]}::int[])
				AS busy (user_id, attempts) ON busy.user_id = due.user_id
		), next AS (
			SELECT * FROM (
				SELECT *, row_number() OVER (PARTITION BY slow ORDER BY user_attempts, due_at) AS position FROM ranked
				WHERE user_attempts <= ${perUser}::int
			) AS positioned
			WHERE NOT slow OR position <= ${freeSlow}::int ORDER BY user_attempts, due_at LIMIT ${LOOKAHEAD * free}::int
		), shared AS (
			SELECT id, due_at, user_attempts,
				at_host + row_number() OVER (PARTITION BY user_id, host ORDER BY endpoint_attempts, due_at) AS host_attempts
			FROM (
				SELECT next.*, ${HOST} AS host,
					at_endpoint + row_number() OVER (PARTITION BY next.endpoint_id ORDER BY next.due_at) AS endpoint_attempts
				FROM next JOIN endpoints ON endpoints.id = next.endpoint_id
			) AS by_endpoint
		), claimed AS (
			SELECT deliveries.id FROM shared JOIN deliveries ON deliveries.id = shared.id
			WHERE deliveries.due_at <= now() AND shared.host_attempts <= ${perHost}::int
			ORDER BY shared.user_attempts, shared.due_at LIMIT ${free}::int FOR UPDATE OF deliveries SKIP LOCKED
		)
		UPDATE deliveries SET due_at = now() + make_interval(secs => ${leaseSeconds}::float8),
			attempt_count = attempt_count + 1, tries = tries + 1
		FROM claimed, endpoints, events
		WHERE deliveries.id = claimed.id AND endpoints.id = deliveries.endpoint_id AND events.id = deliveries.event_id
		RETURNING deliveries.id, deliveries.attempt_count AS number, deliveries.tries AS "retryStep",
			extract(epoch FROM clock_timestamp() - deliveries.created_at)::float8 AS "ageSeconds",
			endpoints.id AS "endpointId", endpoints.user_id AS "userId", endpoints.url, ${HOST} AS host,
			endpoints.health_epoch AS "healthEpoch", endpoints.sealed_secret AS "sealedSecret",
			CASE WHEN endpoints.previous_secret_until > now() THEN endpoints.previous_sealed_secret END
				AS "previousSealedSecret",
			endpoints.failures, endpoints.failing_since AS "failingSince", endpoints.paused_until AS "pausedUntil",
			endpoints.slow, events.id AS "eventId", events.type, events.occurred_at AS "occurredAt", events.data`;
}

/** Makes pending deliveries due again after this process has aborted their attempts. Aborted attempts don't advance the retry schedule. */
export async function releaseDeliveries(
	prisma: Database,
	deliveries: readonly Pick<ClaimedDelivery, 'id' | 'number'>[],
): Promise<void> {
	await prisma.$executeRaw`
		UPDATE deliveries SET due_at = now(), tries = greatest(0, tries - 1)
		FROM unnest(${deliveries.map(({ id }) => id)}::text[], ${deliveries.map(({ number }) => number)}::int[])
			AS aborted (id, number)
		WHERE deliveries.id = aborted.id AND deliveries.attempt_count = aborted.number AND deliveries.due_at IS NOT NULL`;
}
