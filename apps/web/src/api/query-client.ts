import { ApiError } from '@creatorr/client';
import { QueryClient } from '@tanstack/react-query';
import { isApiUnavailable, onOutageChange } from './connectivity.ts';
import { session } from './session.ts';

const MAX_TRIES = 3;

/** Whether another try may succeed. */
const mayRetry = (error: Error) => !(error instanceof ApiError) || error.retryable;

export const queryClient = new QueryClient({
	defaultOptions: {
		// fails at once while offline, instead of running later, when the user no longer expects it
		mutations: { networkMode: 'always' },
		queries: {
			staleTime: 10_000,
			retry: (failures, error) => failures < MAX_TRIES && mayRetry(error),
			retryDelay: (failures, error) =>
				(error instanceof ApiError ? error.retryAfterMs : undefined) ?? Math.min(500 * 2 ** failures, 8_000),
		},
	},
});

/** Returns the query key of a user's data, which no other user of this browser is shown. */
export function userQueryKey(userId: string, ...rest: readonly unknown[]): readonly unknown[] {
	return ['user', userId, ...rest];
}

session.subscribe(() => {
	const id = session.user()?.id;
	queryClient.removeQueries({ predicate: ({ queryKey: [kind, of] }) => kind === 'user' && of !== id });
});

/** Refetches. Cancels requests in flight, whose answers may be older than the change. */
export async function refetchNow(queryKey: readonly unknown[]): Promise<void> {
	// invalidating a query whose first request is in flight would only wait for that request
	await queryClient.cancelQueries({ queryKey });
	await queryClient.invalidateQueries({ queryKey });
}

/**
 * Applies a change to cached data, then refetches it. Cancels requests in flight, whose answers may be older than the
 * change.
 */
export async function updateCached<T>(queryKey: readonly unknown[], change: (loaded: T) => T): Promise<void> {
	await queryClient.cancelQueries({ queryKey });
	queryClient.setQueriesData<T>({ queryKey }, (loaded) => loaded && change(loaded));
	void queryClient.invalidateQueries({ queryKey });
}

// retries failed queries when the API is back or an expired session is renewed
function refetchFailed(): void {
	void queryClient.refetchQueries({ type: 'active', predicate: ({ state }) => state.status === 'error' });
}
onOutageChange(() => {
	if (!isApiUnavailable()) refetchFailed();
});
let wasExpired = session.get().kind === 'expired';
session.subscribe(() => {
	const { kind } = session.get();
	if (wasExpired && kind === 'in') refetchFailed();
	wasExpired = kind === 'expired';
});
