import type { EventData, EventType } from '@creatorr/contracts/webhooks';
import type { Database } from '../database.sql.ts';
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

interface EventQuery {
	userId: string;
	type: EventType | undefined;
	/** Only events from this time on. */
	since: Date | undefined;
	/** Only events older than this one. */
	beforeId: string | undefined;
	limit: number;
}

/** Returns the user's events, newest first. */
export async function findEvents(prisma: Database, query: EventQuery): Promise<Event[]> {
	const { userId, type, since, beforeId, limit } = query;
	const rows = await prisma.event.findMany({
		where: {
			userId,
			...(type && { type }),
			...(since && { occurredAt: { gte: since } }),
			...(beforeId && { id: { lt: beforeId } }),
		},
		orderBy: { id: 'desc' },
		take: limit,
	});
	return rows.map(toEvent);
}
