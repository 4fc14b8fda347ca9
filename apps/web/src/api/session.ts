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
	| { kind: 'expired'; email: string };

const KEY = 'creatorr.session';
const OUT: SessionState = { kind: 'out' };

function read(): SessionState {
	try {
		return JSON.parse(localStorage.getItem(KEY) ?? 'null') ?? OUT;
	} catch {
		return OUT;
	}
}

let state = read();
const listeners = new Set<() => void>();

function set(next: SessionState): void {
	state = next;
	try {
		if (next.kind === 'out') localStorage.removeItem(KEY);
		else localStorage.setItem(KEY, JSON.stringify(next));
	} catch {
		// a browser that keeps nothing forgets it with the page
	}
	for (const listener of listeners) listener();
}

// another tab signed in or out
addEventListener('storage', ({ key }) => {
	if (key !== KEY && key !== null) return;
	state = read();
	for (const listener of listeners) listener();
});

export const session = {
	get: () => state,
	token: () => (state.kind === 'in' ? state.token : undefined),
	signIn: ({ token, user }: SignedIn) => set({ kind: 'in', token, user }),
	signOut: () => set(OUT),
	expire: () => {
		if (state.kind === 'in') set({ kind: 'expired', email: state.user.email });
	},
	/** The user changed: the plan, say. */
	update: (user: User) => {
		if (state.kind === 'in') set({ ...state, user });
	},
	subscribe(listener: () => void): () => void {
		listeners.add(listener);
		return () => listeners.delete(listener);
	},
};

export function useSession(): SessionState {
	return useSyncExternalStore(session.subscribe, session.get);
}
