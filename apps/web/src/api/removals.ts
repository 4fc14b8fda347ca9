import { useMutation, useMutationState } from '@tanstack/react-query';
import { hasCode } from './problem.ts';
import { keyOf } from './query-client.ts';

type Kind = 'job' | 'file' | 'session';

const keyFor = (userId: string, kind: Kind) => keyOf(userId, 'remove', kind);

/**
 * Removes one of a list. While the API has not answered, lists leave it out by themselves (`useStaying`), so that
 * nothing has to be put back should it fail.
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
		/** It is gone: takes it out of what was loaded. */
		onRemoved: (id: string) => Promise<void>;
		onFailure: (error: Error) => void;
	},
) {
	return useMutation({
		mutationKey: keyFor(userId, kind),
		mutationFn: (id: string) =>
			remove(id).catch((error) => {
				// somebody was faster
				if (!hasCode(error, 'not_found')) throw error;
			}),
		onSuccess: (_, id) => onRemoved(id),
		onError: onFailure,
	});
}

/** What is left of a list without those whose removal is under way. */
export function useStaying<T extends { id: string }>(userId: string, kind: Kind, all: readonly T[]): T[] {
	const going = useMutationState({
		filters: { mutationKey: keyFor(userId, kind), status: 'pending' },
		select: ({ state }) => state.variables,
	});
	return all.filter(({ id }) => !going.includes(id));
}
