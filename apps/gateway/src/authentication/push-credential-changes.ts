import { AppError } from '@creatorr/contracts/errors';
import { pushCredentialChanges } from '@creatorr/contracts/internal/gateway';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { InFlight } from '../requests/in-flight.ts';
import { signedOut } from './authenticate.ts';
import type { ApiKey } from './credential.ts';
import type { Lease } from './lease.ts';
import type { LiveCredentials } from './live-credentials.ts';
import { invalidKey } from './verify-api-key.ts';

interface Deps {
	lease: Pick<Lease, 'term'>;
	sessions: Pick<LiveCredentials<true>, 'revoke'>;
	liveApiKeys: Pick<LiveCredentials<ApiKey>, 'revoke' | 'invalidate'>;
	inFlight: Pick<InFlight, 'endCredentials' | 'endRequestsOfChangedKeys'>;
}

/** Returns the error for requests with the old rights of a changed key. The client sends the request again, which then has the new ones. */
function keyChanged(): AppError {
	const message = 'The API key was changed while this request was running. Send it again.';
	return new AppError('upstream_unavailable', message, { retryAfterSeconds: 2 });
}

/**
 * Revokes sessions and API keys. After the response, this gateway rejects all their requests, and has ended those whose body is still
 * arriving, their long polls and their event streams. It has ended the same kinds of requests of changed keys, which run
 * with the old rights, and looks these keys up again with their next request. Returns 404 for a previous instance id, whose cache no longer
 * exists.
 */
export function pushCredentialChangesRoute(deps: Deps): Route {
	return defineRoute(pushCredentialChanges, async ({ body }) => {
		if (body.instance_id !== deps.lease.term().instanceId) {
			throw new AppError('not_found', 'This instance no longer holds a lease.');
		}
		deps.sessions.revoke(body.session_ids);
		deps.liveApiKeys.revoke(body.revoked_keys);
		deps.liveApiKeys.invalidate(body.changed_keys);
		deps.inFlight.endCredentials(body.session_ids, signedOut());
		deps.inFlight.endCredentials(body.revoked_keys, invalidKey());
		deps.inFlight.endRequestsOfChangedKeys(body.changed_keys, keyChanged());
	});
}
