import { createClient, type SignedIn, type User } from '@creatorr/client';
import { useSyncExternalStore } from 'react';
import { toast } from '../ui/toasts.ts';
import { monitoredFetch } from './connectivity.ts';
import { hasCode } from './failure-message.ts';

/**
 * The session of this browser, shared by its tabs. The API has no cookies, so the token is in localStorage: the content
 * security policy, which allows no foreign script, protects it.
 */
export type SessionState =
	| { kind: 'out' }
	| { kind: 'in'; token: string; user: User }
	/** The API refused the token. The user is asked to sign in again, and the page keeps its state. */
	| { kind: 'expired'; user: User };

const KEY = 'creatorr.session';
const SIGNED_OUT: SessionState = { kind: 'out' };

function isState(value: unknown): value is SessionState {
	const { kind, user, token } = (value ?? {}) as Record<string, unknown>;
	const hasUser = typeof (user as User | undefined)?.id === 'string';
	return (kind === 'in' && hasUser && typeof token === 'string') || (kind === 'expired' && hasUser);
}

function read(): SessionState {
	try {
		const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
		return isState(kept) ? kept : SIGNED_OUT;
	} catch {
		return SIGNED_OUT;
	}
}

let state = read();
/** Counts how often the user changed or signed out. */
let userChanges = 0;
const listeners = new Set<() => void>();

function notify(): void {
	for (const listener of listeners) listener();
}

const userOf = (one: SessionState) => (one.kind === 'out' ? undefined : one.user);

function change(next: SessionState): void {
	const before = userOf(state);
	if (before && before.id !== userOf(next)?.id) userChanges += 1;
	state = next;
}

function set(next: SessionState): void {
	change(next);
	try {
		if (next.kind === 'out') localStorage.removeItem(KEY);
		else localStorage.setItem(KEY, JSON.stringify(next));
	} catch {
		// without storage the value lives as long as the page
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
	userChanges: () => userChanges,
	signIn: ({ token, user }: SignedIn) => set({ kind: 'in', token, user }),
	signOut: () => set(SIGNED_OUT),
	/** Expires the session only if its current token was refused; a late refusal of an older token says nothing. */
	expire: (refused: string | undefined) => {
		if (state.kind === 'in' && state.token === refused) set({ kind: 'expired', user: state.user });
	},
	/** Stores the user as the API has it now, with plan and verified email. */
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

/** Returns the user, also while the session has expired. */
export function useUser(): User | undefined {
	return useSyncExternalStore(session.subscribe, session.user);
}

/** Changes when the user has left: use it as a React key, so that the next user doesn't see their input and files. */
export function useUserChanges(): number {
	return useSyncExternalStore(session.subscribe, session.userChanges);
}

/** Continues after the page is closed. */
const keepaliveFetch: typeof fetch = (input, init) => monitoredFetch(input, { ...init, keepalive: true });

/** Ends the session in this browser at once, then in the API. */
export async function signOut(): Promise<void> {
	const token = session.token();
	session.signOut();
	if (token === undefined) return;
	try {
		// with the old token: another user may have signed in since
		await createClient({ baseUrl: location.origin, token, fetch: keepaliveFetch }).account.logout();
	} catch (error) {
		// the session had already ended
		if (hasCode(error, 'unauthorized')) return;
		toast({
			text: 'You’re signed out in this browser, but our server didn’t confirm it. To be safe, sign in later and choose “Sign out everywhere” in your account.',
		});
	}
}
