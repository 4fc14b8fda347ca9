import { decodeCursor, toPage } from '@creatorr/contracts/cursor';
import { eventIdSchema, listEvents } from '@creatorr/contracts/webhooks';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { defineRoute } from '@creatorr/service/route';
import type { Deps } from '../deps.ts';
import { findEvents } from './events.sql.ts';

/** GET /v1/events. Serves one list of a user at a time, so that one user can't occupy all database connections. */
export function listEventsRoute({ prisma }: Deps) {
	const mutex = createKeyedMutex();
	return defineRoute(listEvents, async ({ query, user }) => {
		const list = () =>
			findEvents(prisma, {
				userId: user.id,
				type: query.type,
				since: query.since === undefined ? undefined : new Date(query.since),
				beforeId: query.cursor === undefined ? undefined : decodeCursor(query.cursor, eventIdSchema),
				limit: query.limit + 1,
			});
		return toPage(await mutex.runExclusive(user.id, list), query.limit);
	});
}
