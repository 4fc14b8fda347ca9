import { ApiError } from '@creatorr/client';
import { QueryClient } from '@tanstack/react-query';
import { apiIsAway, onOutageChange } from './outage.ts';
import { session } from './session.ts';

const MAX_TRIES = 3;

/** Another try may help: nothing answered, or the answer says to come back. */
function mayPass(error: Error): boolean {
	return !(error instanceof ApiError) || error.status >= 500 || error.status === 429;
}

export const queryClient = new QueryClient({
	defaultOptions: {
		// offline it fails and says so, instead of happening when nobody expects it any more
		mutations: { networkMode: 'always' },
		queries: {
			staleTime: 10_000,
			retry: (failures, error) => failures < MAX_TRIES && mayPass(error),
			retryDelay: (failures, error) =>
				(error instanceof ApiError ? error.retryAfterMs : undefined) ?? Math.min(500 * 2 ** failures, 8_000),
		},
	},
});

/** The key of what belongs to a user: nobody else in this browser is ever shown it. */
export function keyOf(userId: string, ...rest: readonly unknown[]): readonly unknown[] {
	return ['user', userId, ...rest];
}

session.subscribe(() => {
	const id = session.user()?.id;
	queryClient.removeQueries({ predicate: ({ queryKey: [kind, of] }) => kind === 'user' && of !== id });
});

/** Asks anew. An answer that is still on its way may be of before what changed, and would be taken for the new one. */
export async function askAnew(queryKey: readonly unknown[]): Promise<void> {
	// a first answer has to be called off by itself: to invalidate its query would wait for it and no more
	await queryClient.cancelQueries({ queryKey });
	await queryClient.invalidateQueries({ queryKey });
}

/** Changes what is loaded by what was just done, and asks anew. An answer that is on its way may be of before that. */
export async function changeLoaded<T>(queryKey: readonly unknown[], change: (loaded: T) => T): Promise<void> {
	await queryClient.cancelQueries({ queryKey });
	queryClient.setQueriesData<T>({ queryKey }, (loaded) => loaded && change(loaded));
	void queryClient.invalidateQueries({ queryKey });
}

// what failed meanwhile is asked again once the API is back, or somebody has signed in again
function askForWhatFailed(): void {
	void queryClient.refetchQueries({ type: 'active', predicate: ({ state }) => state.status === 'error' });
}
onOutageChange(() => {
	if (!apiIsAway()) askForWhatFailed();
});
let wasExpired = session.get().kind === 'expired';
session.subscribe(() => {
	const { kind } = session.get();
	if (wasExpired && kind === 'in') askForWhatFailed();
	wasExpired = kind === 'expired';
});
