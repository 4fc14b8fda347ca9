import { ApiError } from '@creatorr/client';
import { QueryClient } from '@tanstack/react-query';

const MAX_TRIES = 3;

/** Another try may help: nothing answered, or the answer says to come back. */
function mayPass(error: Error): boolean {
	return !(error instanceof ApiError) || error.status >= 500 || error.status === 429;
}

export const queryClient = new QueryClient({
	defaultOptions: {
		queries: {
			staleTime: 10_000,
			retry: (failures, error) => failures < MAX_TRIES && mayPass(error),
			retryDelay: (failures, error) =>
				(error instanceof ApiError ? error.retryAfterMs : undefined) ?? Math.min(500 * 2 ** failures, 8_000),
		},
	},
});
