import {
	type DeliveryStatus,
	type EventType,
	type FailureReason,
	MAX_SHOWN_ATTEMPTS,
} from '@creatorr/contracts/webhooks';
import { inTransaction } from '@creatorr/database/transaction';
import type { Database, Tx } from '../database.sql.ts';
import { toEvent } from '../events/events.sql.ts';
import type { Prisma } from '../generated/client.ts';

const WITH_TYPE = { event: { select: { type: true } } } satisfies Prisma.DeliveryInclude;
type Row = Prisma.DeliveryGetPayload<{ include: typeof WITH_TYPE }>;

function toDelivery(row: Row) {
	return {
		id: row.id,
		webhook_id: row.endpointId,
		event_id: row.eventId,
		event_type: row.event.type as EventType,
		status: row.status,
		attempt_count: row.attemptCount,
		...(row.status === 'failed' &&
			row.failureReason !== null && { failure_reason: row.failureReason as FailureReason }),
		...(row.responseStatus !== null && { response_status: row.responseStatus }),
		created_at: row.createdAt.toISOString(),
		...(row.dueAt && { next_attempt_at: row.dueAt.toISOString() }),
	};
}

interface DeliveryQuery {
	endpointId: string;
	status: DeliveryStatus | undefined;
	/** Only deliveries older than this one. */
	beforeId: string | undefined;
	limit: number;
}

/** Returns the deliveries to an endpoint, newest first. */
export async function findDeliveries(prisma: Database, query: DeliveryQuery) {
	const { endpointId, status, beforeId, limit } = query;
	const rows = await prisma.delivery.findMany({
		where: { endpointId, ...(status && { status }), ...(beforeId && { id: { lt: beforeId } }) },
		include: WITH_TYPE,
		orderBy: { id: 'desc' },
		take: limit,
	});
	return rows.map(toDelivery);
}

/** Names a delivery, its endpoint, and the user who must own it. */
export interface OwnedDelivery {
	id: string;
	endpointId: string;
	userId: string;
}

/**
 * Returns a delivery with its event and latest attempts, or null if there is none or it belongs to another user. Reads one snapshot: Prisma
 * uses several statements, and an attempt that ends between them would show as one of a pending delivery.
 */
export async function findDelivery(prisma: Database, { id, endpointId, userId }: OwnedDelivery) {
	const row = await inTransaction(
		prisma,
		(tx: Tx) =>
			tx.delivery.findFirst({
				where: { id, endpointId, endpoint: { userId } },
				include: { event: true, attempts: { orderBy: { number: 'desc' }, take: MAX_SHOWN_ATTEMPTS } },
			}),
		{ isolationLevel: 'RepeatableRead' },
	);
	if (!row) return null;
	const attempts = row.attempts.map((attempt) => ({
		number: attempt.number,
		started_at: attempt.startedAt.toISOString(),
		duration_ms: attempt.durationMs,
		...(attempt.responseStatus !== null && { response_status: attempt.responseStatus }),
		...(attempt.error !== null && { error: attempt.error }),
		...(attempt.responseExcerpt !== null && { response_excerpt: attempt.responseExcerpt }),
	}));
	return { ...toDelivery(row), event: toEvent(row.event), attempts };
}
