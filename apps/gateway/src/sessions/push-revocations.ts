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
 * Revokes sessions. After the response, this gateway lets none of their requests pass, and has ended their streams and waits. Returns
 * 404 for a previous instance id, whose cache no longer exists.
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
