import { createClient } from '@creatorr/client';
import { toast } from '../ui/toasts.ts';
import { watchedFetch } from './outage.ts';
import { hasCode } from './problem.ts';
import { session } from './session.ts';

/** Goes on when the page is left. */
const lastingFetch: typeof fetch = (input, init) => watchedFetch(input, { ...init, keepalive: true });

/** Ends the session: in this browser at once, however the API fares, and then with the API. */
export async function signOut(): Promise<void> {
	const token = session.token();
	session.signOut();
	if (token === undefined) return;
	try {
		// not as whoever is signed in by now
		await createClient({ baseUrl: location.origin, token, fetch: lastingFetch }).account.logout();
	} catch (error) {
		// it had ended before
		if (hasCode(error, 'unauthorized')) return;
		toast({ text: 'You are signed out here. creatorr could not be told: end the session in your account.' });
	}
}
