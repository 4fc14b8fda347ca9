import { newId } from '@creatorr/contracts/ids';
import { notify } from '@creatorr/database/notifications';
import { inTransaction } from '@creatorr/database/transaction';
import type { Database, Tx } from '../database.sql.ts';
import { DELIVERY_CHANNEL, recordEventFor } from '../events/record-event.sql.ts';
import type { OwnDelivery } from './deliveries.sql.ts';

/** Deliveries created by one statement. */
const BATCH_SIZE = 5_000;
/** A month has many events. */
const RECOVER_TIMEOUT_MS = 60_000;

export interface OwnEndpoint {
	id: string;
	userId: string;
}

/** An endpoint that takes part: `disabled` and `not_found` change nothing. */
type Resent<T> = T | 'disabled' | 'not_found';

/** Keeps the endpoint from being disabled or deleted until the transaction ends. */
async function shareEndpoint(tx: Tx, { id, userId }: OwnEndpoint): Promise<Resent<{ events: string[] }>> {
	const [row] = await tx.$queryRaw<{ status: string; events: string[] }[]>`
		SELECT status::text, events FROM endpoints WHERE id = ${id} AND user_id = ${userId} FOR SHARE`;
	if (!row) return 'not_found';
	return row.status === 'enabled' ? { events: row.events } : 'disabled';
}

/** Records an event of type `webhook.test` for this endpoint. Returns its delivery. */
export function addTestEvent(prisma: Database, own: OwnEndpoint): Promise<Resent<string>> {
	return inTransaction(prisma, async (tx: Tx) => {
		const endpoint = await shareEndpoint(tx, own);
		if (typeof endpoint === 'string') return endpoint;
		const id = newId('evt');
		const event = {
			...{ id, userId: own.userId, type: 'webhook.test' as const, fact: id, occurredAt: new Date() },
			data: { webhook_id: own.id },
		};
		return (await recordEventFor(tx, own.id, event)) ?? 'not_found';
	});
}

/** Makes a delivery due now, whatever its status, and begins its retry schedule again. */
export function replay(prisma: Database, { id, endpointId, userId }: OwnDelivery): Promise<Resent<string>> {
	return inTransaction(prisma, async (tx: Tx) => {
		const endpoint = await shareEndpoint(tx, { id: endpointId, userId });
		if (typeof endpoint === 'string') return endpoint;
		const count = await tx.$executeRaw`
			UPDATE deliveries SET status = 'pending', due_at = now(), tries = 0
			WHERE id = ${id} AND endpoint_id = ${endpointId}`;
		if (count === 0) return 'not_found';
		await notify(tx, DELIVERY_CHANNEL);
		return id;
	});
}

interface Period {
	since: Date;
	until: Date;
}

/**
 * Makes the failed deliveries of a period due, and creates those of events that have none, for example because the endpoint was disabled.
 * Returns their number. Test events are not recovered.
 */
export function recover(
	prisma: Database,
	own: OwnEndpoint,
	{ since, until }: Period,
): Promise<Resent<number>> {
	return inTransaction(
		prisma,
		async (tx: Tx) => {
			const endpoint = await shareEndpoint(tx, own);
			if (typeof endpoint === 'string') return endpoint;
			const failed = await tx.$executeRaw`
				UPDATE deliveries SET status = 'pending', due_at = now(), tries = 0 FROM events
				WHERE deliveries.endpoint_id = ${own.id} AND deliveries.status = 'failed' AND events.id = deliveries.event_id
					AND events.type <> 'webhook.test' AND events.occurred_at >= ${since} AND events.occurred_at < ${until}`;
			const missing = await findMissing(tx, own, { since, until, types: endpoint.events });
			for (let first = 0; first < missing.length; first += BATCH_SIZE)
				await addDeliveries(tx, own.id, missing.slice(first, first + BATCH_SIZE));
			if (failed + missing.length > 0) await notify(tx, DELIVERY_CHANNEL);
			return failed + missing.length;
		},
		{ timeout: RECOVER_TIMEOUT_MS },
	);
}

/** Returns the events of a period that the endpoint should have received, and for which it has no delivery. */
async function findMissing(
	tx: Tx,
	{ id, userId }: OwnEndpoint,
	{ since, until, types }: Period & { types: string[] },
): Promise<string[]> {
	const rows = await tx.$queryRaw<{ id: string }[]>`
		SELECT id FROM events
		WHERE user_id = ${userId} AND occurred_at >= ${since} AND occurred_at < ${until} AND type <> 'webhook.test'
			AND (${types}::text[] = '{}' OR type = ANY(${types}::text[]))
			AND NOT EXISTS (SELECT FROM deliveries WHERE event_id = events.id AND endpoint_id = ${id})
		ORDER BY id`;
	return rows.map((row) => row.id);
}

/** A delivery that another transaction has added meanwhile stays as it is. */
async function addDeliveries(tx: Tx, endpointId: string, eventIds: readonly string[]): Promise<void> {
	const ids = eventIds.map(() => newId('dlv'));
	await tx.$executeRaw`
		INSERT INTO deliveries (id, event_id, endpoint_id, due_at)
		SELECT id, event_id, ${endpointId}, now() FROM unnest(${ids}::text[], ${eventIds}::text[]) AS added (id, event_id)
		ON CONFLICT DO NOTHING`;
}
