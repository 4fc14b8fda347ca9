import { type Client, createClient, type UntypedTools } from '@creatorr/client';
import { watchedFetch } from './outage.ts';
import { session } from './session.ts';

/** The tools are those that the API lists when the page is loaded. */
export type ApiClient = Client<UntypedTools>;

/** The API behind this page's own origin, as whoever is signed in. */
export const api: ApiClient = createClient<UntypedTools>({
	baseUrl: location.origin,
	token: session.token,
	fetch: watchedFetch,
	onUnauthorized: (_, refused) => session.expire(refused),
});
