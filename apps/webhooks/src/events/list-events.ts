import { decodeCursor, encodeCursor } from '@creatorr/contracts/cursor';
import { eventIdSchema, listEvents } from '@creatorr/contracts/webhooks';
import { defineRoute } from '@creatorr/service/route';
import type { Deps } from '../deps.ts';
import { findEvents } from './events.sql.ts';

/** GET /v1/events */
export function listEventsRoute({ prisma }: Deps) {
	return defineRoute(listEvents, async ({ query, user }) => {
		const events = await findEvents(prisma, {
			userId: user.id,
			type: query.type,
			since: query.since === undefined ? undefined : new Date(query.since),
			beforeId: query.cursor === undefined ? undefined : decodeCursor(query.cursor, eventIdSchema),
			// One more than requested shows whether there is a next page.
			limit: query.limit + 1,
		});
		const data = events.slice(0, query.limit);
		const last = events.length > data.length ? data.at(-1) : undefined;
		return { data, next_cursor: last ? encodeCursor(last.id) : null };
	});
}
