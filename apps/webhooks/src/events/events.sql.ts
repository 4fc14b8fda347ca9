import { lowestIdAt } from '@creatorr/contracts/ids';
import type { EventData, EventType } from '@creatorr/contracts/webhooks';
import type { Database, Tx } from '../database.sql.ts';
import type { Event as Row } from '../generated/client.ts';

/** An event as the API shows it. */
export interface Event {
	id: string;
	type: EventType;
	timestamp: string;
	data: EventData;
}

export function toEvent({ id, type, occurredAt, data }: Row): Event {
	return { id, type: type as EventType, timestamp: occurredAt.toISOString(), data: data as EventData };
}

/** An id contains the time when it was made, shortly before or after `occurredAt`. Longer than any pause between the two. */
const ID_TOLERANCE_MS = 60_000;

interface EventQuery {
	userId: string;
	type: EventType | undefined;
	/** Only events from this time on. */
	since: Date | undefined;
	/** Only events older than this one. */
	beforeId: string | undefined;
	limit: number;
}

/**
 * Returns the user's events, newest first. Skips events from long before `since`, because clients that poll would otherwise read all of
 * them each time.
 */
export async function findEvents(prisma: Database | Tx, query: EventQuery): Promise<Event[]> {
	const { userId, type, since, beforeId, limit } = query;
	const rows = await prisma.event.findMany({
		where: {
			userId,
			...(type && { type }),
			...(since && { occurredAt: { gte: since } }),
			id: { ...(since && { gte: lowestIdSince(since) }), ...(beforeId && { lt: beforeId }) },
		},
		orderBy: { id: 'desc' },
		take: limit,
	});
	return rows.map(toEvent);
}

function lowestIdSince(since: Date): string {
	return lowestIdAt('evt', new Date(Math.max(0, since.getTime() - ID_TOLERANCE_MS)));
}
