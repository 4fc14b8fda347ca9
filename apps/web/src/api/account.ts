import type { Session, User } from '@creatorr/client';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from './client.ts';
import { askAnew, changeLoaded, keyOf } from './query-client.ts';
import { session, useSession } from './session.ts';

/** Keeps the signed-in user as the API knows them: the plan may change, and the email be confirmed, elsewhere. */
export function useFreshUser(): void {
	const state = useSession();
	const id = state.kind === 'in' ? state.user.id : '';
	const { data } = useQuery({
		queryKey: keyOf(id, 'me'),
		queryFn: ({ signal }) => api.account.me({ signal }),
		enabled: id !== '',
	});
	useEffect(() => {
		if (data) session.update(data);
	}, [data]);
}

async function refresh(what: 'me' | 'billing'): Promise<void> {
	const id = session.user()?.id;
	if (id) await askAnew(keyOf(id, what));
}

/** Asks for the user anew, where something changed that the API knows already. */
export function refreshUser(): Promise<void> {
	return refresh('me');
}

/** The same for the subscription. */
export function refreshBilling(): Promise<void> {
	return refresh('billing');
}

/** Sessions began or ended. */
export function refreshSessions(userId: string): Promise<void> {
	return askAnew(keyOf(userId, 'sessions'));
}

/** Takes a session that has ended out of the list. */
export function dropSession(userId: string, id: string): Promise<void> {
	return changeLoaded<Session[]>(keyOf(userId, 'sessions'), (all) => all.filter((one) => one.id !== id));
}

export function useSessions(userId: string) {
	return useQuery({
		queryKey: keyOf(userId, 'sessions'),
		queryFn: ({ signal }) => api.account.sessions({ signal }),
	});
}

export function useBilling(userId: string, everyMs: number) {
	return useQuery({
		queryKey: keyOf(userId, 'billing'),
		queryFn: ({ signal }) => api.billing.get({ signal }),
		refetchInterval: everyMs,
	});
}

/** Of the limits of the user's plan: another plan has others. */
export function useUsage({ id, plan }: User) {
	return useQuery({
		queryKey: keyOf(id, 'usage', plan),
		queryFn: ({ signal }) => api.usage({ signal }),
		// one looks at it while jobs run
		refetchInterval: 15_000,
	});
}
