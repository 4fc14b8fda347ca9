import { createClient } from '@creatorr/client';
import { watchedFetch } from './outage.ts';
import { session } from './session.ts';

/** The API behind this page's own origin, as whoever is signed in. */
export const api = createClient({
	baseUrl: location.origin,
	token: session.token,
	fetch: watchedFetch,
	onUnauthorized: (_, refused) => session.expire(refused),
});
