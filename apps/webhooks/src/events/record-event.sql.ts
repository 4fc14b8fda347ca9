import { newId } from '@creatorr/contracts/ids';
import type { EventData, EventType } from '@creatorr/contracts/webhooks';
import { notify } from '@creatorr/database/notifications';
import { lockAgainstDeletion } from '../accounts/accounts.sql.ts';
import type { Tx } from '../database.sql.ts';

/** Notified by transactions that make deliveries due. Those of a process that stops are found by polls. */
export const DELIVERY_CHANNEL = 'delivery_due';

export interface NewEvent {
	id: string;
	userId: string;
	type: EventType;
	/** Only the first event with a key is recorded. */
	dedupeKey: string;
	occurredAt: Date;
	data: EventData;
}

/**
 * Records an event once, with a delivery to each endpoint of the user that receives its type. Returns false if it was recorded before or
 * the account was deleted.
 */
export async function recordEvent(tx: Tx, event: NewEvent): Promise<boolean> {
	if (!(await insertEvent(tx, event))) return false;
	const endpoints = await tx.endpoint.findMany({
		where: {
			userId: event.userId,
			status: 'enabled',
			OR: [{ events: { isEmpty: true } }, { events: { has: event.type } }],
		},
		select: { id: true },
	});
	const ids = endpoints.map(({ id }) => id);
	if (ids.length > 0) await insertDeliveries(tx, event.id, ids);
	return true;
}

/** Records an event for one endpoint, whatever types it receives. Returns the delivery. */
export async function recordEventFor(tx: Tx, endpointId: string, event: NewEvent): Promise<string | null> {
	if (!(await insertEvent(tx, event))) return null;
	const [deliveryId = null] = await insertDeliveries(tx, event.id, [endpointId]);
	return deliveryId;
}

async function insertEvent(tx: Tx, event: NewEvent): Promise<boolean> {
	if (!(await lockAgainstDeletion(tx, event.userId))) return false;
	const { count } = await tx.event.createMany({ data: [event], skipDuplicates: true });
	return count > 0;
}

async function insertDeliveries(tx: Tx, eventId: string, endpointIds: readonly string[]): Promise<string[]> {
	const ids = endpointIds.map(() => newId('dlv'));
	await tx.$executeRaw`
		INSERT INTO deliveries (id, event_id, endpoint_id, due_at)
		SELECT id, ${eventId}, endpoint_id, now() FROM unnest(${ids}::text[], ${endpointIds}::text[]) AS added (id, endpoint_id)`;
	await notify(tx, DELIVERY_CHANNEL);
	return ids;
}
