import { decodeCursor, toPage } from '@creatorr/contracts/cursor';
import { AppError, notFound } from '@creatorr/contracts/errors';
import { validationError } from '@creatorr/contracts/validation';
import {
	deliveryIdSchema,
	getDelivery,
	listDeliveries,
	recoverDeliveries,
	replayDelivery,
	testWebhook,
} from '@creatorr/contracts/webhooks';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { defineRoute } from '@creatorr/service/route';
import type { Deps } from '../deps.ts';
import { findEndpoint } from '../endpoints/endpoints.sql.ts';
import { findDeliveries, findDelivery } from './deliveries.sql.ts';
import { addTestEvent, recover, replay } from './resend.sql.ts';

/** GET /v1/webhooks/{id}/deliveries. Serves one list of a user at a time, so that one user can't occupy all database connections. */
export function listDeliveriesRoute({ prisma }: Deps) {
	const mutex = createKeyedMutex();
	return defineRoute(listDeliveries, async ({ params, query, user }) => {
		if (!(await findEndpoint(prisma, { id: params.id, userId: user.id }))) throw notFound('webhook endpoint');
		const list = () =>
			findDeliveries(prisma, {
				endpointId: params.id,
				status: query.status,
				beforeId: query.cursor === undefined ? undefined : decodeCursor(query.cursor, deliveryIdSchema),
				limit: query.limit + 1,
			});
		return toPage(await mutex.runExclusive(user.id, list), query.limit);
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
		data: {
			delivery_id: resultOrThrow(
				await addTestEvent(prisma, { id: params.id, userId: user.id }),
				'webhook endpoint',
			),
		},
	}));
}

/** POST /v1/webhooks/{id}/deliveries/{delivery_id}/replay */
export function replayDeliveryRoute({ prisma }: Deps) {
	return defineRoute(replayDelivery, async ({ params, user }) => {
		const own = { id: params.delivery_id, endpointId: params.id, userId: user.id };
		return { data: { delivery_id: resultOrThrow(await replay(prisma, own), 'delivery') } };
	});
}

/** POST /v1/webhooks/{id}/recover. Runs one recovery of a user at a time: it may change a hundred thousand deliveries. */
export function recoverDeliveriesRoute({ prisma, config }: Deps) {
	const perHour = config.RECOVERED_DELIVERIES_PER_HOUR;
	const mutex = createKeyedMutex();
	return defineRoute(recoverDeliveries, async ({ params, body, user }) => {
		const [since, until] = [new Date(body.since), new Date(body.until ?? Date.now())];
		if (since >= until) throw validationError([{ path: 'since', message: 'must be before until' }]);
		const own = { id: params.id, userId: user.id };
		const result = await mutex.runExclusive(user.id, () => recover(prisma, own, { since, until, perHour }));
		const { count, resetSeconds } = resultOrThrow(result, 'webhook endpoint');
		if (resetSeconds === undefined) return { data: { count, has_more: false } };
		if (count === 0)
			throw new AppError(
				'rate_limited',
				`An account can recover at most ${perHour.toLocaleString('en')} deliveries in an hour. Try again in ${Math.ceil(resetSeconds / 60)} min.`,
				{ retryAfterSeconds: resetSeconds },
			);
		const continueAt = new Date(Date.now() + 1_000 * resetSeconds);
		return { data: { count, has_more: true, continue_at: continueAt.toISOString() } };
	});
}

/** Returns the result. Throws `not_found` for what the path names, or `validation` if the endpoint is disabled. */
function resultOrThrow<T extends string | object>(
	result: T | 'disabled' | 'not_found',
	what: 'webhook endpoint' | 'delivery',
): Exclude<T, 'disabled' | 'not_found'> {
	if (result === 'not_found') throw notFound(what);
	if (result === 'disabled')
		throw validationError([{ path: 'id', message: 'this endpoint is disabled; enable it first' }]);
	return result as Exclude<T, 'disabled' | 'not_found'>;
}
