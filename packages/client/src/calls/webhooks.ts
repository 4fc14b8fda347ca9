import type { Transport } from '../transport.ts';
import type {
	CallOptions,
	CreatedWebhook,
	Delivery,
	DeliveryQuery,
	DeliveryWithAttempts,
	Event,
	EventQuery,
	NewWebhook,
	Page,
	Recovery,
	Webhook,
	WebhookChange,
} from '../types.ts';

export interface WebhookCalls {
	/** Creates an endpoint. Only this response has its secret. */
	create(webhook: NewWebhook, options?: CallOptions): Promise<CreatedWebhook>;
	/** Returns the endpoints, newest first. */
	list(options?: CallOptions): Promise<Webhook[]>;
	get(id: string, options?: CallOptions): Promise<Webhook>;
	/** Updates the endpoint. Omitted fields stay unchanged. */
	update(id: string, change: WebhookChange, options?: CallOptions): Promise<Webhook>;
	delete(id: string, options?: CallOptions): Promise<void>;
	/** Returns a new secret. Deliveries are signed with both for `graceSeconds`, a day by default. */
	rotateSecret(
		id: string,
		options?: CallOptions & { graceSeconds?: number | undefined },
	): Promise<{ secret: string }>;
	/** Sends a test event to the endpoint, which must be enabled. */
	test(id: string, options?: CallOptions): Promise<{ delivery_id: string }>;
	/** Returns a page of deliveries, newest first. */
	deliveries(id: string, query?: DeliveryQuery, options?: CallOptions): Promise<Page<Delivery>>;
	/** Returns a delivery with its event and attempts. */
	delivery(id: string, deliveryId: string, options?: CallOptions): Promise<DeliveryWithAttempts>;
	/** Sends a delivery again. Its endpoint must be enabled. */
	replay(id: string, deliveryId: string, options?: CallOptions): Promise<{ delivery_id: string }>;
	/** Sends the events of a period that the endpoint has not received. If `has_more`, the same call sends more at `continue_at`. */
	recover(
		id: string,
		period: { since: string; until?: string | undefined },
		options?: CallOptions,
	): Promise<Recovery>;
	/** Returns a page of the account's events, newest first. */
	events(query?: EventQuery, options?: CallOptions): Promise<Page<Event>>;
}

export function createWebhooks({ api, body, list, done }: Transport): WebhookCalls {
	const requestOptions = ({ signal }: CallOptions = {}) => ({ signal: signal ?? null });
	const ofWebhook = (id: string, options?: CallOptions) => ({
		params: { path: { id } },
		...requestOptions(options),
	});
	const ofDelivery = (id: string, deliveryId: string, options?: CallOptions) => ({
		params: { path: { id, delivery_id: deliveryId } },
		...requestOptions(options),
	});
	return {
		create: async (webhook, options) =>
			(await body(api.POST('/v1/webhooks', { body: webhook, ...requestOptions(options) }))).data,
		list: async (options) => (await list(api.GET('/v1/webhooks', requestOptions(options)))).data,
		get: async (id, options) => (await body(api.GET('/v1/webhooks/{id}', ofWebhook(id, options)))).data,
		update: async (id, change, options) =>
			(await body(api.PATCH('/v1/webhooks/{id}', { body: change, ...ofWebhook(id, options) }))).data,
		delete: (id, options) => done(api.DELETE('/v1/webhooks/{id}', ofWebhook(id, options))),
		async rotateSecret(id, { graceSeconds, ...options } = {}) {
			const rotation = graceSeconds === undefined ? {} : { grace_seconds: graceSeconds };
			const request = { body: rotation, ...ofWebhook(id, options) };
			return (await body(api.POST('/v1/webhooks/{id}/rotate-secret', request))).data;
		},
		test: async (id, options) =>
			(await body(api.POST('/v1/webhooks/{id}/test', ofWebhook(id, options)))).data,
		deliveries: (id, query, options) => {
			const params = { path: { id }, query: query ?? {} };
			return list(api.GET('/v1/webhooks/{id}/deliveries', { params, ...requestOptions(options) }));
		},
		delivery: async (id, deliveryId, options) =>
			(await body(api.GET('/v1/webhooks/{id}/deliveries/{delivery_id}', ofDelivery(id, deliveryId, options))))
				.data,
		async replay(id, deliveryId, options) {
			const request = ofDelivery(id, deliveryId, options);
			return (await body(api.POST('/v1/webhooks/{id}/deliveries/{delivery_id}/replay', request))).data;
		},
		async recover(id, { since, until }, options) {
			const request = { body: { since, ...(until && { until }) }, ...ofWebhook(id, options) };
			return (await body(api.POST('/v1/webhooks/{id}/recover', request))).data;
		},
		events: (query, options) =>
			list(api.GET('/v1/events', { params: { query: query ?? {} }, ...requestOptions(options) })),
	};
}
