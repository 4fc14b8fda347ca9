import type { Session, User } from '@creatorr/client';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from './client.ts';
import { refetchNow, updateCached, userQueryKey } from './query-client.ts';
import { session, useSession } from './session.ts';

/** Keeps the session's user up to date: plan and verified email may change elsewhere. */
export function useUserRefresh(): void {
	const state = useSession();
	const id = state.kind === 'in' ? state.user.id : '';
	const { data } = useQuery({
		queryKey: userQueryKey(id, 'me'),
		queryFn: ({ signal }) => api.account.me({ signal }),
		enabled: id !== '',
	});
	useEffect(() => {
		if (data) session.update(data);
	}, [data]);
}

async function refresh(what: 'me' | 'billing'): Promise<void> {
	const id = session.user()?.id;
	if (id) await refetchNow(userQueryKey(id, what));
}

/** Refetches the user after a change that the API already knows. */
export function refreshUser(): Promise<void> {
	return refresh('me');
}

/** Refetches the subscription. */
export function refreshBilling(): Promise<void> {
	return refresh('billing');
}

/** Refetches the sessions after one was started or ended. */
export function refreshSessions(userId: string): Promise<void> {
	return refetchNow(userQueryKey(userId, 'sessions'));
}

/** Removes an ended session from the cached list. */
export function removeCachedSession(userId: string, id: string): Promise<void> {
	return updateCached<Session[]>(userQueryKey(userId, 'sessions'), (all) =>
		all.filter((one) => one.id !== id),
	);
}

export function useSessions(userId: string) {
	return useQuery({
		queryKey: userQueryKey(userId, 'sessions'),
		queryFn: ({ signal }) => api.account.sessions({ signal }),
	});
}

/** Fetches the subscription, again and again if `everyMs` is given. */
export function useBilling(userId: string, everyMs?: number) {
	return useQuery({
		queryKey: userQueryKey(userId, 'billing'),
		queryFn: ({ signal }) => api.billing.get({ signal }),
		refetchInterval: everyMs ?? false,
	});
}

/** Fetches the usage of each limit. The plan is part of the key, because other plans have other limits. */
export function useUsage({ id, plan }: User) {
	return useQuery({
		queryKey: userQueryKey(id, 'usage', plan),
		queryFn: ({ signal }) => api.usage({ signal }),
		// it changes while jobs run
		refetchInterval: 15_000,
	});
}
