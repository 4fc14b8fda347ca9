import { type Client, createClient, type UntypedTools } from '@creatorr/client';
import { monitoredFetch } from './connectivity.ts';
import { session } from './session.ts';

/** The set of tools is known only at run time, from the API. */
export type ApiClient = Client<UntypedTools>;

/** The API on the page's own origin, with the token of the signed-in user. */
export const api: ApiClient = createClient<UntypedTools>({
	baseUrl: location.origin,
	token: session.token,
	fetch: monitoredFetch,
	onUnauthorized: (_, refused) => session.expire(refused),
});
