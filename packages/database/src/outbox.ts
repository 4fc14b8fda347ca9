import type { EventEnvelope } from '@creatorr/contracts/events';
import { currentTraceparent } from '@creatorr/telemetry/traceparent';
import { notify } from './notifications.ts';
import type { RawExecutor, RawQueryClient, TransactionRunner } from './prisma-types.ts';

/** Notified by every transaction that adds to the outbox. */
export const OUTBOX_CHANNEL = 'outbox';

/** Longer than the broker's confirms. The rows of a batch are locked for at most this long. */
const BATCH_TIMEOUT_MS = 30_000;

/** Highest count, which bounds the cost of counting a long outbox. */
const COUNTED_AT_MOST = 10_000;

interface OutboxRow {
	id: bigint;
	payload: EventEnvelope;
}

/**
 * Adds the event to the transaction: it is published, at least once, if and only if the transaction commits. Its trace is the one that it
 * names, or the current one.
 */
export async function addToOutbox(tx: RawExecutor, event: EventEnvelope): Promise<void> {
	const payload = JSON.stringify({ ...event, traceparent: event.traceparent ?? currentTraceparent() });
	await tx.$executeRaw`
		INSERT INTO outbox (event_id, type, payload) VALUES (${event.id}, ${event.type}, ${payload}::jsonb)`;
	await notify(tx, OUTBOX_CHANNEL);
}

/**
 * Publishes the oldest rows, at most `limit`, and removes those whose `publish` resolved. Returns their number. 0 means that the outbox is
 * empty, or has only rows that another process is publishing. If none could be published, rejects with the reason of the first, and all
 * rows stay.
 * `publish` must resolve only when the broker certainly has the event, and reject within 10 s otherwise: after 15 s, the database ends the
 * idle transaction. Until then, no other process publishes these rows. If this one dies in between, they are published again.
 */
export async function publishBatch<Tx extends RawExecutor & RawQueryClient>(
	prisma: TransactionRunner<Tx>,
	limit: number,
	publish: (event: EventEnvelope) => Promise<void>,
): Promise<number> {
	return await prisma.$transaction(
		async (tx) => {
			const rows = await tx.$queryRaw<OutboxRow[]>`
				SELECT id, payload FROM outbox ORDER BY id LIMIT ${limit} FOR UPDATE SKIP LOCKED`;
			if (rows.length === 0) return 0;
			const results = await Promise.allSettled(rows.map((row) => publish(row.payload)));
			const published = rows.filter((_, index) => results[index]?.status === 'fulfilled');
			const failed = results.find((result) => result.status === 'rejected');
			if (failed && published.length === 0) throw failed.reason;
			await tx.$executeRaw`DELETE FROM outbox WHERE id = ANY(${published.map((row) => row.id)}::bigint[])`;
			return published.length;
		},
		{ timeout: BATCH_TIMEOUT_MS },
	);
}

export interface OutboxLag {
	/** Rows that wait to be published, at most 10,000. */
	waiting: number;
	/** Age of the oldest; 0 without rows. */
	oldestAgeSeconds: number;
}

/** Returns number and age of the waiting events. */
export async function readOutboxLag(prisma: RawQueryClient): Promise<OutboxLag> {
	const [lag] = await prisma.$queryRaw<OutboxLag[]>`
		SELECT
			(SELECT count(*)::int FROM (SELECT 1 FROM outbox LIMIT ${COUNTED_AT_MOST}) AS counted) AS waiting,
			coalesce((SELECT extract(epoch FROM now() - created_at)::float8 FROM outbox ORDER BY id LIMIT 1), 0)
				AS "oldestAgeSeconds"`;
	return lag ?? { waiting: 0, oldestAgeSeconds: 0 };
}
