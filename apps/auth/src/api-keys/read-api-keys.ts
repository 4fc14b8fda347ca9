import { getApiKey, keyIdSchema, listApiKeyEvents, listApiKeys } from '@creatorr/contracts/api-keys';
import { decodeCursor, toPage } from '@creatorr/contracts/cursor';
import { notFound } from '@creatorr/contracts/errors';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { Database } from '../database.sql.ts';
import { toApiKey } from './api-key.ts';
import {
	type ApiKeyEventType,
	type ApiKeyRow,
	findKey,
	findKeysAwaitingUse,
	listKeyEvents,
	listKeys,
} from './api-keys.sql.ts';

interface Deps {
	prisma: Database;
}

async function requireKey(prisma: Database, userId: string, keyId: string): Promise<ApiKeyRow> {
	const row = await findKey(prisma, userId, keyId);
	if (!row) throw notFound('API key');
	return row;
}

export function listApiKeysRoute({ prisma }: Deps): Route {
	return defineRoute(listApiKeys, async ({ user, query: { limit, cursor } }) => {
		const before = cursor === undefined ? undefined : decodeCursor(cursor, keyIdSchema);
		const rows = await listKeys(prisma, { userId: user.id, before, limit: limit + 1 });
		const { data, next_cursor } = toPage(rows, limit);
		const awaitingUse = await findKeysAwaitingUse(prisma, data);
		return { data: data.map((row) => toApiKey(row, awaitingUse)), next_cursor };
	});
}

export function getApiKeyRoute({ prisma }: Deps): Route {
	return defineRoute(getApiKey, async ({ user, params }) => {
		const row = await requireKey(prisma, user.id, params.id);
		return { data: toApiKey(row, await findKeysAwaitingUse(prisma, [row])) };
	});
}

export function listApiKeyEventsRoute({ prisma }: Deps): Route {
	return defineRoute(listApiKeyEvents, async ({ user, params }) => {
		const { id } = await requireKey(prisma, user.id, params.id);
		const events = await listKeyEvents(prisma, id);
		return {
			data: events.map((event) => ({
				type: event.type as ApiKeyEventType,
				created_at: event.createdAt.toISOString(),
				ip: event.clientAddress,
				user_agent: event.userAgent,
			})),
		};
	});
}
