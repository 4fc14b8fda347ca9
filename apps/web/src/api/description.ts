import { useQuery } from '@tanstack/react-query';

/** The API as it describes itself: OpenAPI 3.1. It changes with a deployment only. */
export function useApiDescription<Description>() {
	return useQuery({
		queryKey: ['description'],
		queryFn: async ({ signal }): Promise<Description> => {
			const answer = await fetch('/v1/openapi.json', { signal });
			if (!answer.ok) throw new Error(`the description was answered ${answer.status}`);
			return await answer.json();
		},
		staleTime: Number.POSITIVE_INFINITY,
	});
}
