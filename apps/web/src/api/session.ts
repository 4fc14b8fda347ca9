import type { SignedIn, User } from '@creatorr/client';
import { useSyncExternalStore } from 'react';

/**
 * Who is signed in, for all tabs of this browser. The API has no cookies, so the token lies in localStorage: what keeps
 * others from it is the page's policy, which runs no script but ours.
 */
export type SessionState =
	| { kind: 'out' }
	| { kind: 'in'; token: string; user: User }
	/** The API refused the token; the person is asked to sign in again, and nothing on the page is lost. */
	| { kind: 'expired'; user: User };

const KEY = 'creatorr.session';
const OUT: SessionState = { kind: 'out' };

function isState(value: unknown): value is SessionState {
	const { kind, user, token } = (value ?? {}) as Record<string, unknown>;
	const hasUser = typeof (user as User | undefined)?.id === 'string';
	return (kind === 'in' && hasUser && typeof token === 'string') || (kind === 'expired' && hasUser);
}

function read(): SessionState {
	try {
		const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
		return isState(kept) ? kept : OUT;
	} catch {
		return OUT;
	}
}

let state = read();
/** How often the page was left by somebody: signed out, or another person after them. */
let departures = 0;
const listeners = new Set<() => void>();

function notify(): void {
	for (const listener of listeners) listener();
}

const userOf = (one: SessionState) => (one.kind === 'out' ? undefined : one.user);

function change(next: SessionState): void {
	const before = userOf(state);
	if (before && before.id !== userOf(next)?.id) departures += 1;
	state = next;
}

function set(next: SessionState): void {
	change(next);
	try {
		if (next.kind === 'out') localStorage.removeItem(KEY);
		else localStorage.setItem(KEY, JSON.stringify(next));
	} catch {
		// a browser that keeps nothing forgets it with the page
	}
	notify();
}

// another tab signed in or out
addEventListener('storage', ({ key }) => {
	if (key !== KEY && key !== null) return;
	change(read());
	notify();
});

export const session = {
	get: () => state,
	token: () => (state.kind === 'in' ? state.token : undefined),
	user: () => userOf(state),
	departures: () => departures,
	signIn: ({ token, user }: SignedIn) => set({ kind: 'in', token, user }),
	signOut: () => set(OUT),
	/** Only by the token that is in use: a late refusal of an older one says nothing about this one. */
	expire: (refused: string | undefined) => {
		if (state.kind === 'in' && state.token === refused) set({ kind: 'expired', user: state.user });
	},
	/** What the API says of the user now: the plan, whether the email is verified. */
	update: (user: User) => {
		if (state.kind === 'in' && state.user.id === user.id) set({ ...state, user });
	},
	subscribe(listener: () => void): () => void {
		listeners.add(listener);
		return () => listeners.delete(listener);
	},
};

export function useSession(): SessionState {
	return useSyncExternalStore(session.subscribe, session.get);
}

/** Whose page it is: also while the session has expired. */
export function useUser(): User | undefined {
	return useSyncExternalStore(session.subscribe, session.user);
}

/** Changes when whoever used the page has left it: what they typed and dropped is not the next person's. */
export function useDepartures(): number {
	return useSyncExternalStore(session.subscribe, session.departures);
}
