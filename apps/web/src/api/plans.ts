import { useQuery } from '@tanstack/react-query';
import { api } from './client.ts';

/** Fetches the plans with their limits and prices. */
export function usePlans() {
	return useQuery({
		queryKey: ['plans'],
		queryFn: ({ signal }) => api.plans({ signal }),
		staleTime: 60_000,
	});
}
