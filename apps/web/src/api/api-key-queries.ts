import type { User } from '@creatorr/client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { api } from './client.ts';
import { refetchNow, userQueryKey } from './query-client.ts';

const PAGE_SIZE = 50;

/** Fetches the list of API keys page by page. */
export function useApiKeys({ id }: User) {
	return useInfiniteQuery({
		queryKey: userQueryKey(id, 'api-keys'),
		queryFn: ({ pageParam, signal }) =>
			api.keys.list({ limit: PAGE_SIZE, ...(pageParam && { cursor: pageParam }) }, { signal }),
		initialPageParam: '',
		getNextPageParam: ({ next_cursor }) => next_cursor,
	});
}

/** Refetches the keys after one was created, changed, replaced or revoked. */
export function refreshApiKeys({ id }: User): Promise<void> {
	return refetchNow(userQueryKey(id, 'api-keys'));
}
