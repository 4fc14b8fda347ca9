import type { Delivery, Page, Webhook } from '@creatorr/client';
import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api } from './client.ts';
import { refetchNow, updateCached, userQueryKey } from './query-client.ts';

const PAGE_SIZE = 20;
/** A delivery that is sent now changes soon. */
const DELIVERIES_POLL_MS = 3_000;

export function useWebhooks(userId: string) {
	return useQuery({
		queryKey: userQueryKey(userId, 'webhooks'),
		queryFn: ({ signal }) => api.webhooks.list({ signal }),
	});
}

/** Refetches the endpoints after one was created or changed. */
export function refreshWebhooks(userId: string): Promise<void> {
	return refetchNow(userQueryKey(userId, 'webhooks'));
}

/** Removes a deleted endpoint from the cached list. */
export function removeCachedWebhook(userId: string, id: string): Promise<void> {
	return updateCached<Webhook[]>(userQueryKey(userId, 'webhooks'), (all) =>
		all.filter((one) => one.id !== id),
	);
}

export function useDeliveries(userId: string, webhookId: string) {
	return useInfiniteQuery<Page<Delivery>, Error, InfiniteData<Page<Delivery>>, readonly unknown[], string>({
		queryKey: userQueryKey(userId, 'deliveries', webhookId),
		queryFn: ({ pageParam, signal }) =>
			api.webhooks.deliveries(
				webhookId,
				{ limit: PAGE_SIZE, ...(pageParam && { cursor: pageParam }) },
				{ signal },
			),
		initialPageParam: '',
		getNextPageParam: ({ next_cursor }) => next_cursor,
		refetchInterval: DELIVERIES_POLL_MS,
	});
}

/** Refetches the deliveries after one was sent again. */
export function refreshDeliveries(userId: string, webhookId: string): Promise<void> {
	return refetchNow(userQueryKey(userId, 'deliveries', webhookId));
}

export function useDelivery(userId: string, webhookId: string, deliveryId: string) {
	return useQuery({
		queryKey: userQueryKey(userId, 'deliveries', webhookId, deliveryId),
		queryFn: ({ signal }) => api.webhooks.delivery(webhookId, deliveryId, { signal }),
		refetchInterval: DELIVERIES_POLL_MS,
	});
}
