import { useMutation, useMutationState } from '@tanstack/react-query';
import { hasCode } from './failure-message.ts';
import { userQueryKey } from './query-client.ts';

type Kind = 'job' | 'file' | 'session' | 'webhook';

const removalKey = (userId: string, kind: Kind) => userQueryKey(userId, 'remove', kind);

/**
 * Removes an item optimistically. Lists filter it out while the request is pending (`useWithoutRemoved`), so a failure
 * needs no rollback.
 */
export function useRemoval(
	userId: string,
	kind: Kind,
	{
		remove,
		onRemoved,
		onFailure,
	}: {
		remove: (id: string) => Promise<void>;
		/** Removes the item from cached lists. */
		onRemoved: (id: string) => Promise<void>;
		onFailure: (error: Error) => void;
	},
) {
	return useMutation({
		mutationKey: removalKey(userId, kind),
		mutationFn: (id: string) =>
			remove(id).catch((error) => {
				// already removed elsewhere
				if (!hasCode(error, 'not_found')) throw error;
			}),
		onSuccess: (_, id) => onRemoved(id),
		onError: onFailure,
	});
}

/** Returns the list without the items whose removal is pending. */
export function useWithoutRemoved<T extends { id: string }>(
	userId: string,
	kind: Kind,
	all: readonly T[],
): T[] {
	const pending = useMutationState({
		filters: { mutationKey: removalKey(userId, kind), status: 'pending' },
		select: ({ state }) => state.variables,
	});
	return all.filter(({ id }) => !pending.includes(id));
}
