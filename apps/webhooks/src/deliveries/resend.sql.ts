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

/** The result, or why it stopped: the endpoint is disabled or not found. A recovery may have sent batches before. */
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
			UPDATE deliveries SET status = 'pending', due_at = now(), tries = 0, failure_reason = NULL
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
	/** Present if the user's allowance is used up, and more could be sent or nothing was: seconds until it is full again. */
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
	const start = await inTransaction(prisma, async (tx: Tx) => {
		const endpoint = await lockEndpointShared(tx, own);
		if (typeof endpoint === 'string') return endpoint;
		return { ...endpoint, ...(await lockRecoveryAllowance(tx, own.userId, perHour)) };
	});
	if (typeof start === 'string') return start;
	// Searching would read all deliveries of the period.
	if (start.left === 0) return { count: 0, resetSeconds: start.resetSeconds };
	const types = start.events;
	const steps: Step[] = [
		// Pending ones first: failed ones become pending.
		{
			find: (tx, range) => findRetryable(tx, own, { ...period, ...range, status: 'pending' }),
			send: makeDue,
		},
		{ find: (tx, range) => findRetryable(tx, own, { ...period, ...range, status: 'failed' }), send: makeDue },
		{
			find: (tx, range) => findMissing(tx, own, { ...period, ...range, types }),
			send: (tx, eventIds) => addDeliveries(tx, own, eventIds),
		},
	];
	let count = 0;
	for (const step of steps) {
		const recovered = await runStep(prisma, own, { perHour, step });
		if (typeof recovered === 'string') return recovered;
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

interface Step {
	/** Returns the ids of what to send, in their order. */
	find(tx: Tx, range: BatchRange): Promise<string[]>;
	/** Returns the number of deliveries that are due now. */
	send(tx: Tx, ids: string[]): Promise<number>;
}

/** Runs a step until nothing is left to send or the user's allowance is used up. Returns the sum of its counts. */
async function runStep(
	prisma: Database,
	own: OwnedEndpoint,
	{ perHour, step }: { perHour: number; step: Step },
): Promise<ResendResult<Recovered>> {
	let sum = 0;
	let after = '';
	while (true) {
		const batch = await inTransaction(prisma, async (tx: Tx) => {
			const endpoint = await lockEndpointShared(tx, own);
			if (typeof endpoint === 'string') return endpoint;
			const { left, resetSeconds } = await lockRecoveryAllowance(tx, own.userId, perHour);
			const limit = Math.min(BATCH_SIZE, left);
			// One more than is sent, to know whether anything is left.
			const found = await step.find(tx, { after, limit: limit + 1 });
			const ids = found.slice(0, limit);
			const count = ids.length === 0 ? 0 : await step.send(tx, ids);
			if (count > 0) {
				await useRecoveryAllowance(tx, own.userId, count);
				await notify(tx, DELIVERY_CHANNEL);
			}
			return { ids, count, hasMore: found.length > limit, resetSeconds };
		});
		if (typeof batch === 'string') return batch;
		sum += batch.count;
		if (!batch.hasMore) return { count: sum };
		const last = batch.ids.at(-1);
		if (last === undefined) return { count: sum, resetSeconds: batch.resetSeconds };
		after = last;
	}
}

/** Finds and locks deliveries that have failed, or whose last attempt has failed and which wait for the next one. */
async function findRetryable(
	tx: Tx,
	{ id }: OwnedEndpoint,
	{ since, until, status, after, limit }: Period & BatchRange & { status: 'failed' | 'pending' },
): Promise<string[]> {
	const rows = await tx.$queryRaw<{ id: string }[]>`
		SELECT deliveries.id FROM deliveries JOIN events ON events.id = deliveries.event_id
		WHERE deliveries.endpoint_id = ${id} AND deliveries.status = ${status}::"DeliveryStatus" AND deliveries.id > ${after}
			AND (${status} = 'failed' OR deliveries.due_at > now() AND EXISTS (
				SELECT FROM attempts WHERE delivery_id = deliveries.id AND number = deliveries.attempt_count))
			AND events.type <> 'webhook.test' AND events.occurred_at >= ${since} AND events.occurred_at < ${until}
		ORDER BY deliveries.id LIMIT ${limit} FOR NO KEY UPDATE OF deliveries`;
	return rows.map((row) => row.id);
}

/** Makes deliveries due, and begins their retry schedules again. */
async function makeDue(tx: Tx, ids: string[]): Promise<number> {
	return await tx.$executeRaw`
		UPDATE deliveries SET status = 'pending', due_at = now(), tries = 0, failure_reason = NULL WHERE id = ANY(${ids}::text[])`;
}

/** Finds events that the endpoint should have received, and that have no delivery to it. */
async function findMissing(
	tx: Tx,
	{ id, userId }: OwnedEndpoint,
	{ since, until, types, after, limit }: Period & BatchRange & { types: string[] },
): Promise<string[]> {
	const rows = await tx.$queryRaw<{ id: string }[]>`
		SELECT id FROM events
		WHERE user_id = ${userId} AND id > ${after} AND occurred_at >= ${since} AND occurred_at < ${until}
			AND type <> 'webhook.test' AND (${types}::text[] = '{}' OR type = ANY(${types}::text[]))
			AND NOT EXISTS (SELECT FROM deliveries WHERE event_id = events.id AND endpoint_id = ${id})
		ORDER BY id LIMIT ${limit}`;
	return rows.map((row) => row.id);
}

/** Creates deliveries of events. Skips those whose delivery another transaction has added meanwhile. */
async function addDeliveries(tx: Tx, { id }: OwnedEndpoint, eventIds: string[]): Promise<number> {
	const deliveryIds = eventIds.map(() => newId('dlv'));
	return await tx.$executeRaw`
		INSERT INTO deliveries (id, event_id, endpoint_id, due_at)
		SELECT id, event_id, ${id}, now() FROM unnest(${deliveryIds}::text[], ${eventIds}::text[]) AS added (id, event_id)
		ON CONFLICT DO NOTHING`;
}
