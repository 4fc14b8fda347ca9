import { useQuery } from '@tanstack/react-query';
import { api } from './client.ts';

/** Fetches the tools. Refetched regularly, because tools come and go with the workers. */
export function useTools() {
	return useQuery({
		queryKey: ['tools'],
		queryFn: ({ signal }) => api.tools({ signal }),
		staleTime: 60_000,
		refetchInterval: 30_000,
	});
}
