import { AppError } from '@creatorr/contracts/errors';
import { pushRevocations } from '@creatorr/contracts/internal';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { InFlight } from '../requests/in-flight.ts';
import { signedOut } from './authenticate.ts';
import type { Lease } from './lease.ts';
import type { LiveSessions } from './live-sessions.ts';

interface Deps {
	lease: Pick<Lease, 'term'>;
	sessions: Pick<LiveSessions, 'revoke'>;
	inFlight: Pick<InFlight, 'endSessions'>;
}

/**
 * Revokes sessions. After the response, no request of them passes this gateway, and their held responses have ended. Returns 404 for an
 * instance id of the past, whose cache is gone.
 */
export function pushRevocationsRoute(deps: Deps): Route {
	return defineRoute(pushRevocations, async ({ body }) => {
		if (body.instance_id !== deps.lease.term().instanceId) {
			throw new AppError('not_found', 'This instance no longer holds a lease.');
		}
		deps.sessions.revoke(body.session_ids);
		deps.inFlight.endSessions(body.session_ids, signedOut());
	});
}
