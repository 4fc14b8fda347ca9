import { decodeCursor, encodeCursor } from '@creatorr/contracts/cursor';
import { notFound } from '@creatorr/contracts/errors';
import { validationError } from '@creatorr/contracts/validation';
import {
	deliveryIdSchema,
	getDelivery,
	listDeliveries,
	recoverDeliveries,
	replayDelivery,
	testWebhook,
} from '@creatorr/contracts/webhooks';
import { defineRoute } from '@creatorr/service/route';
import type { Deps } from '../deps.ts';
import { findEndpoint } from '../endpoints/endpoints.sql.ts';
import { findDeliveries, findDelivery } from './deliveries.sql.ts';
import { addTestEvent, recover, replay } from './resend.sql.ts';

/** GET /v1/webhooks/{id}/deliveries */
export function listDeliveriesRoute({ prisma }: Deps) {
	return defineRoute(listDeliveries, async ({ params, query, user }) => {
		if (!(await findEndpoint(prisma, { id: params.id, userId: user.id }))) throw notFound('webhook');
		const deliveries = await findDeliveries(prisma, {
			endpointId: params.id,
			status: query.status,
			beforeId: query.cursor === undefined ? undefined : decodeCursor(query.cursor, deliveryIdSchema),
			// One more than requested shows whether there is a next page.
			limit: query.limit + 1,
		});
		const data = deliveries.slice(0, query.limit);
		const last = deliveries.length > data.length ? data.at(-1) : undefined;
		return { data, next_cursor: last ? encodeCursor(last.id) : null };
	});
}

/** GET /v1/webhooks/{id}/deliveries/{delivery_id} */
export function getDeliveryRoute({ prisma }: Deps) {
	return defineRoute(getDelivery, async ({ params, user }) => {
		const own = { id: params.delivery_id, endpointId: params.id, userId: user.id };
		const delivery = await findDelivery(prisma, own);
		if (!delivery) throw notFound('delivery');
		return { data: delivery };
	});
}

/** POST /v1/webhooks/{id}/test */
export function testWebhookRoute({ prisma }: Deps) {
	return defineRoute(testWebhook, async ({ params, user }) => ({
		data: { delivery_id: sent(await addTestEvent(prisma, { id: params.id, userId: user.id })) },
	}));
}

/** POST /v1/webhooks/{id}/deliveries/{delivery_id}/replay */
export function replayDeliveryRoute({ prisma }: Deps) {
	return defineRoute(replayDelivery, async ({ params, user }) => {
		const own = { id: params.delivery_id, endpointId: params.id, userId: user.id };
		return { data: { delivery_id: sent(await replay(prisma, own)) } };
	});
}

/** POST /v1/webhooks/{id}/recover */
export function recoverDeliveriesRoute({ prisma }: Deps) {
	return defineRoute(recoverDeliveries, async ({ params, body, user }) => {
		const [since, until] = [new Date(body.since), new Date(body.until ?? Date.now())];
		if (since >= until) throw validationError([{ path: 'since', message: 'must be before until' }]);
		return {
			data: { count: sent(await recover(prisma, { id: params.id, userId: user.id }, { since, until })) },
		};
	});
}

function sent<T extends string | number>(
	result: T | 'disabled' | 'not_found',
): Exclude<T, 'disabled' | 'not_found'> {
	if (result === 'not_found') throw notFound('delivery');
	if (result === 'disabled')
		throw validationError([{ path: 'id', message: 'this endpoint is disabled; enable it first' }]);
	return result as Exclude<T, 'disabled' | 'not_found'>;
}
