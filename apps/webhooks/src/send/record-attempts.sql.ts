import { newEvent, webhookDisabled } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { MAX_KEPT_EXCERPTS, MAX_SHOWN_ATTEMPTS } from '@creatorr/contracts/webhooks';
import { addToOutbox } from '@creatorr/database/outbox';
import { inTransaction } from '@creatorr/database/transaction';
import { currentRequestId } from '@creatorr/service/context';
import type { Database, Tx } from '../database.sql.ts';
import { recordEvent } from '../events/record-event.sql.ts';
import type { ClaimedDelivery } from './claim.sql.ts';
import { disableReason, type EndedAttempt, type HealthRules, healthAfterAttempt } from './endpoint-health.ts';
import { isGone } from './outcome.ts';

/** An ended attempt of a delivery. */
export interface DeliveryAttempt extends EndedAttempt {
	delivery: ClaimedDelivery;
	startedAt: Date;
	status: 'pending' | 'succeeded' | 'failed';
	/** Null when no attempt follows. */
	retrySeconds: number | null;
	/**
	 * Only for a 410, otherwise null: when to retry if the 410 is outdated, because during the attempt the URL was replaced or the endpoint
	 * was enabled.
	 */
	staleGoneRetrySeconds: number | null;
	responseStatus: number | null;
	error: string | null;
	excerpt: string | null;
}

/**
 * Records attempts and updates their deliveries, in one statement. Ignores an attempt that another process has repeated after its lease
 * expired. A delivery that was replayed meanwhile stays due, and one that was ended meanwhile gets no retry. Keeps only as many attempts of a
 * delivery as the API shows, and fewer response bodies, because the number of replays isn't limited. Locks deliveries in the order of their
 * ids, because other statements change many at a time, too. Returns the ids of their endpoints that have failed since their last success.
 */
export async function recordAttempts(
	prisma: Database,
	attempts: readonly DeliveryAttempt[],
): Promise<ReadonlySet<string>> {
	const failing = await prisma.$queryRaw<{ endpointId: string }[]>`
		WITH ended AS (
			SELECT * FROM unnest(
				${attempts.map(({ delivery }) => delivery.id)}::text[],
				${attempts.map(({ delivery }) => delivery.number)}::int[],
				${attempts.map(({ delivery }) => delivery.retryStep)}::int[],
				${attempts.map(({ status }) => status)}::"DeliveryStatus"[],
				${attempts.map(({ retrySeconds }) => retrySeconds)}::float8[],
				${attempts.map(({ startedAt }) => startedAt.toISOString())}::timestamptz[],
				${attempts.map(({ durationMs }) => durationMs)}::int[],
				${attempts.map(({ responseStatus }) => responseStatus)}::int[],
				${attempts.map(({ error }) => error)}::text[],
				${attempts.map(({ excerpt }) => excerpt)}::text[],
				${attempts.map(({ delivery }) => delivery.url)}::text[],
				${attempts.map(({ delivery }) => delivery.healthEpoch)}::int[],
				${attempts.map(({ staleGoneRetrySeconds }) => staleGoneRetrySeconds)}::float8[]
			) AS ended (id, number, tries, status, retry_seconds, started_at, duration_ms, response_status, error, excerpt,
				url, health_epoch, stale_gone_retry_seconds)
		), locked AS (
			SELECT deliveries.id, deliveries.tries = ended.tries AS is_current, deliveries.due_at IS NULL AS is_ended
			FROM ended JOIN deliveries ON deliveries.id = ended.id
			WHERE deliveries.attempt_count = ended.number ORDER BY deliveries.id FOR NO KEY UPDATE OF deliveries
		), recorded AS (
			UPDATE deliveries SET response_status = ended.response_status,
				status = CASE WHEN NOT locked.is_current THEN deliveries.status
					WHEN next.retry_seconds IS NOT NULL THEN 'pending'
					WHEN ended.status = 'pending' THEN 'failed' ELSE ended.status END,
				due_at = CASE WHEN NOT locked.is_current THEN deliveries.due_at
					ELSE now() + make_interval(secs => next.retry_seconds) END
			FROM locked, ended, endpoints, LATERAL (
				SELECT CASE WHEN endpoints.status = 'disabled' OR locked.is_ended THEN NULL
					WHEN endpoints.url = ended.url AND endpoints.health_epoch = ended.health_epoch THEN ended.retry_seconds
					ELSE coalesce(ended.retry_seconds, ended.stale_gone_retry_seconds) END
			) AS next (retry_seconds)
			WHERE deliveries.id = locked.id AND ended.id = locked.id AND endpoints.id = deliveries.endpoint_id
			RETURNING deliveries.id, deliveries.attempt_count, endpoints.id AS endpoint_id,
				endpoints.failures > 0 AS is_failing
		), pruned AS (
			DELETE FROM attempts USING recorded
			WHERE recorded.attempt_count > ${MAX_SHOWN_ATTEMPTS}::int AND attempts.delivery_id = recorded.id
				AND attempts.number <= recorded.attempt_count - ${MAX_SHOWN_ATTEMPTS}::int
		), shortened AS (
			UPDATE attempts SET response_excerpt = NULL FROM recorded
			WHERE attempts.delivery_id = recorded.id AND attempts.response_excerpt IS NOT NULL
				AND attempts.number <= recorded.attempt_count - ${MAX_KEPT_EXCERPTS}::int
				AND attempts.number > recorded.attempt_count - ${MAX_SHOWN_ATTEMPTS}::int
		), inserted AS (
			INSERT INTO attempts (delivery_id, number, started_at, duration_ms, response_status, error, response_excerpt)
			SELECT id, number, started_at, duration_ms, response_status, error, excerpt FROM ended JOIN recorded USING (id)
		)
		SELECT DISTINCT endpoint_id AS "endpointId" FROM recorded WHERE is_failing`;
	return new Set(failing.map(({ endpointId }) => endpointId));
}

/**
 * Applies ended attempts, in their order, to the health of their endpoint, and disables the endpoint if necessary. Ignores attempts that
 * began before the owner changed the status, or the scheme, host or port of the URL. A 410 from a URL whose path or query was changed
 * meanwhile counts as a failure, but doesn't disable the endpoint. Returns the reason, or null.
 */
export function recordHealth(
	prisma: Database,
	{ endpointId, attempts }: { endpointId: string; attempts: readonly DeliveryAttempt[] },
	rules: HealthRules,
): Promise<'gone' | 'failing' | null> {
	return inTransaction(prisma, async (tx: Tx) => {
		await tx.$queryRaw`SELECT 1 FROM endpoints WHERE id = ${endpointId} FOR NO KEY UPDATE`;
		const endpoint = await tx.endpoint.findUnique({ where: { id: endpointId } });
		if (endpoint?.status !== 'enabled') return null;
		let health = endpoint;
		let reason: 'gone' | 'failing' | null = null;
		for (const attempt of attempts) {
			if (attempt.delivery.healthEpoch !== endpoint.healthEpoch) continue;
			health = { ...health, ...healthAfterAttempt(health, attempt) };
			if (isGone(attempt.outcome) && attempt.delivery.url !== endpoint.url) continue;
			reason ??= disableReason(health, attempt, rules);
		}
		const { failures, failingSince, pausedUntil, slow } = health;
		await tx.endpoint.update({
			where: { id: endpointId },
			data: {
				failures,
				failingSince,
				pausedUntil,
				slow,
				...(reason && { status: 'disabled' as const, disabledReason: reason }),
			},
		});
		if (reason) await reportDisabled(tx, { endpoint, reason });
		return reason;
	});
}

interface Disabled {
	endpoint: { id: string; userId: string; url: string };
	reason: 'gone' | 'failing';
}

/** Informs the user's other endpoints, and auth, which mails the owner. */
async function reportDisabled(tx: Tx, { endpoint, reason }: Disabled): Promise<void> {
	const { id: webhook_id, userId, url } = endpoint;
	const id = newId('evt');
	await recordEvent(tx, {
		id,
		userId,
		type: 'webhook.disabled',
		dedupeKey: id,
		occurredAt: new Date(),
		data: { webhook_id, status: 'disabled', reason },
	});
	const message = { user_id: userId, webhook_id, host: new URL(url).host, reason };
	await addToOutbox(tx, newEvent(webhookDisabled, message, currentRequestId()));
}
