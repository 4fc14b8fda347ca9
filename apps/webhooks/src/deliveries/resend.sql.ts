import { newId } from '@creatorr/contracts/ids';
import { notify } from '@creatorr/database/notifications';
import { inTransaction } from '@creatorr/database/transaction';
import type { Database, Tx } from '../database.sql.ts';
import type { OwnedEndpoint } from '../endpoints/endpoints.sql.ts';
import { DELIVERY_CHANNEL, recordEventFor } from '../events/record-event.sql.ts';
import type { OwnedDelivery } from './deliveries.sql.ts';
import { lockRecoveryAllowance, useRecoveryAllowance } from './recovery-windows.sql.ts';

/** Small enough that no statement holds locks for long: the outcomes of attempts wait for them. */
const BATCH_SIZE = 1_000;

/** The result, or why nothing was sent: the endpoint is disabled or not found. */
type ResendResult<T> = T | 'disabled' | 'not_found';

/** Locks the endpoint against being disabled or deleted until the transaction ends. */
async function lockEndpointShared(
	tx: Tx,
	{ id, userId }: OwnedEndpoint,
): Promise<ResendResult<{ events: string[] }>> {
	const [row] = await tx.$queryRaw<{ status: string; events: string[] }[]>`
		SELECT status::text, events FROM endpoints WHERE id = ${id} AND user_id = ${userId} FOR SHARE`;
	if (!row) return 'not_found';
	return row.status === 'enabled' ? { events: row.events } : 'disabled';
}

/** Records an event of type `webhook.test` for this endpoint. Returns its delivery. */
export function addTestEvent(prisma: Database, own: OwnedEndpoint): Promise<ResendResult<string>> {
	return inTransaction(prisma, async (tx: Tx) => {
		const endpoint = await lockEndpointShared(tx, own);
		if (typeof endpoint === 'string') return endpoint;
		const id = newId('evt');
		const event = {
			id,
			userId: own.userId,
			type: 'webhook.test' as const,
			dedupeKey: id,
			occurredAt: new Date(),
			data: { webhook_id: own.id },
		};
		return (await recordEventFor(tx, own.id, event)) ?? 'not_found';
	});
}

/** Makes a delivery due now, whatever its status, and begins its retry schedule again. */
export function replay(
	prisma: Database,
	{ id, endpointId, userId }: OwnedDelivery,
): Promise<ResendResult<string>> {
	return inTransaction(prisma, async (tx: Tx) => {
		const endpoint = await lockEndpointShared(tx, { id: endpointId, userId });
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

interface Recovered {
	count: number;
	/** Present if the user's allowance is used up: seconds until it is full again. */
	resetSeconds?: number;
}

/**
 * Makes the deliveries of a period due that have failed or wait for a retry, and creates those of events that have none, for example because
 * the endpoint was disabled. Returns their number. Makes at most `perHour` of a user due in an hour: without a limit, a few requests would send
 * any host a hundred thousand requests, again and again. Test events are not recovered. Each batch is a transaction of its own. If one fails,
 * repeating the call continues.
 */
export async function recover(
	prisma: Database,
	own: OwnedEndpoint,
	{ perHour, ...period }: Period & { perHour: number },
): Promise<ResendResult<Recovered>> {
	const endpoint = await inTransaction(prisma, (tx: Tx) => lockEndpointShared(tx, own));
	if (typeof endpoint === 'string') return endpoint;
	const types = endpoint.events;
	const steps: Step[] = [
		// Pending ones first: failed ones become pending.
		(tx, batch) => retryFailed(tx, own, { ...period, ...batch, status: 'pending' }),
		(tx, batch) => retryFailed(tx, own, { ...period, ...batch, status: 'failed' }),
		(tx, batch) => addMissing(tx, own, { ...period, ...batch, types }),
	];
	let count = 0;
	for (const step of steps) {
		const recovered = await runStep(prisma, own, { perHour, step });
		count += recovered.count;
		if (recovered.resetSeconds !== undefined) return { ...recovered, count };
	}
	return { count };
}

/** Which rows a batch takes. */
interface BatchRange {
	/** The last id of the previous batch. */
	after: string;
	limit: number;
}

/** The rows of a batch. The next one begins after the last of them. */
interface Batch {
	ids: string[];
	count: number;
}

type Step = (tx: Tx, range: BatchRange) => Promise<Batch>;

/** Runs a step while batches are full, the endpoint is enabled and the user's allowance is enough. Returns the sum of their counts. */
async function runStep(
	prisma: Database,
	own: OwnedEndpoint,
	{ perHour, step }: { perHour: number; step: Step },
): Promise<Recovered> {
	let sum = 0;
	let after = '';
	while (true) {
		const { ids, count, resetSeconds } = await inTransaction(prisma, async (tx: Tx) => {
			if (typeof (await lockEndpointShared(tx, own)) === 'string') return { ids: [], count: 0 };
			const { left, resetSeconds } = await lockRecoveryAllowance(tx, own.userId, perHour);
			const batch = await step(tx, { after, limit: Math.min(BATCH_SIZE, left) });
			if (batch.count > 0) {
				await useRecoveryAllowance(tx, own.userId, batch.count);
				await notify(tx, DELIVERY_CHANNEL);
			}
			return { ...batch, ...(batch.ids.length === left && { resetSeconds }) };
		});
		sum += count;
		after = ids.at(-1) ?? after;
		if (resetSeconds !== undefined) return { count: sum, resetSeconds };
		if (ids.length < BATCH_SIZE) return { count: sum };
	}
}

/** Makes deliveries due: the failed ones, or those whose last attempt has failed and which wait for the next one. */
async function retryFailed(
	tx: Tx,
	{ id }: OwnedEndpoint,
	{ since, until, status, after, limit }: Period & BatchRange & { status: 'failed' | 'pending' },
): Promise<Batch> {
	const rows = await tx.$queryRaw<{ id: string }[]>`
		SELECT deliveries.id FROM deliveries JOIN events ON events.id = deliveries.event_id
		WHERE deliveries.endpoint_id = ${id} AND deliveries.status = ${status}::"DeliveryStatus" AND deliveries.id > ${after}
			AND (${status} = 'failed' OR deliveries.due_at > now() AND EXISTS (
				SELECT FROM attempts WHERE delivery_id = deliveries.id AND number = deliveries.attempt_count))
			AND events.type <> 'webhook.test' AND events.occurred_at >= ${since} AND events.occurred_at < ${until}
		ORDER BY deliveries.id LIMIT ${limit} FOR NO KEY UPDATE OF deliveries`;
	const ids = rows.map((row) => row.id);
	if (ids.length > 0)
		await tx.$executeRaw`
			UPDATE deliveries SET status = 'pending', due_at = now(), tries = 0 WHERE id = ANY(${ids}::text[])`;
	return { ids, count: ids.length };
}

/**
 * Creates deliveries of events that the endpoint should have received. Skips events whose delivery another transaction has added meanwhile.
 */
async function addMissing(
	tx: Tx,
	{ id, userId }: OwnedEndpoint,
	{ since, until, types, after, limit }: Period & BatchRange & { types: string[] },
): Promise<Batch> {
	const rows = await tx.$queryRaw<{ id: string }[]>`
		SELECT id FROM events
		WHERE user_id = ${userId} AND id > ${after} AND occurred_at >= ${since} AND occurred_at < ${until}
			AND type <> 'webhook.test' AND (${types}::text[] = '{}' OR type = ANY(${types}::text[]))
			AND NOT EXISTS (SELECT FROM deliveries WHERE event_id = events.id AND endpoint_id = ${id})
		ORDER BY id LIMIT ${limit}`;
	const eventIds = rows.map((row) => row.id);
	if (eventIds.length === 0) return { ids: [], count: 0 };
	const deliveryIds = eventIds.map(() => newId('dlv'));
	const count = await tx.$executeRaw`
		INSERT INTO deliveries (id, event_id, endpoint_id, due_at)
		SELECT id, event_id, ${id}, now() FROM unnest(${deliveryIds}::text[], ${eventIds}::text[]) AS added (id, event_id)
		ON CONFLICT DO NOTHING`;
	return { ids: eventIds, count };
}
