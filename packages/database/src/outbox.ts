import type { EventEnvelope } from '@creatorr/contracts/events';
import { currentTraceparent } from '@creatorr/telemetry/traceparent';
import { notify } from './notifications.ts';
import type { RawExecutor, RawQuerier, TransactionRunner } from './prisma-types.ts';

/** Notified by every transaction that adds to the outbox. */
export const OUTBOX_CHANNEL = 'outbox';

/** More than the broker's confirms may take; the rows of a batch are locked for that long at most. */
const BATCH_TIMEOUT_MS = 30_000;

/** Counting goes no further, so that asking stays cheap however long the outbox is. */
const COUNTED_AT_MOST = 10_000;

interface OutboxRow {
	id: bigint;
	payload: EventEnvelope;
}

/**
 * Makes the event part of the transaction: it is published, at least once, if and only if the transaction commits. Its trace is
 * the one that it names, or the one that is going on.
 */
export async function addToOutbox(tx: RawExecutor, event: EventEnvelope): Promise<void> {
	const payload = JSON.stringify({ ...event, traceparent: event.traceparent ?? currentTraceparent() });
	await tx.$executeRaw`
		INSERT INTO outbox (event_id, type, payload) VALUES (${event.id}, ${event.type}, ${payload}::jsonb)`;
	await notify(tx, OUTBOX_CHANNEL);
}

/**
 * Publishes the oldest rows, `limit` at most, and removes those whose `publish` resolved; answers how many these are.
 * 0 means that the outbox holds nothing, or only what another process is publishing just now. Rejects with the reason
 * of the first when none could be published; all rows stay then.
 * `publish` must resolve only when the broker is sure to have the event, and reject within 30 s if it is not.
 * No two processes publish a row at once; one that dies in between has its rows published again.
 */
export async function publishBatch<Tx extends RawExecutor & RawQuerier>(
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
	/** Rows that wait to be published, 10,000 at most. */
	waiting: number;
	/** Of the oldest of them; 0 where none waits. */
	oldestAgeSeconds: number;
}

/** How far publishing is behind. */
export async function readOutboxLag(prisma: RawQuerier): Promise<OutboxLag> {
	const [lag] = await prisma.$queryRaw<OutboxLag[]>`
		SELECT
			(SELECT count(*)::int FROM (SELECT 1 FROM outbox LIMIT ${COUNTED_AT_MOST}) AS counted) AS waiting,
			coalesce((SELECT extract(epoch FROM now() - created_at)::float8 FROM outbox ORDER BY id LIMIT 1), 0)
				AS "oldestAgeSeconds"`;
	return lag ?? { waiting: 0, oldestAgeSeconds: 0 };
}
