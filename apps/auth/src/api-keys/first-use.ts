import { reportFirstUse } from '@creatorr/contracts/internal/auth';
import type { Logger } from '@creatorr/service/logger';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { Database } from '../database.sql.ts';
import { type PropagateDeps, propagateChanges } from '../gateway-leases/propagate-changes.ts';
import { startGracePeriods } from './first-use.sql.ts';

interface Deps extends PropagateDeps {
	prisma: Database;
	logger: Logger;
}

/**
 * Starts the grace period of the key that this one replaces, at the first use of this one: see {@link startGracePeriods}. Responds before
 * gateways know. If the push fails, {@link propagateMissedChanges} repeats it.
 */
export function reportFirstUseRoute(deps: Deps): Route {
	return defineRoute(reportFirstUse, async ({ body }) => {
		const changes = await startGracePeriods(deps.prisma, body.key_id);
		propagateChanges(deps, { keyChanges: changes }).catch((error: unknown) => {
			deps.logger.warn('api_key.propagation_failed', { key_id: body.key_id, error });
		});
	});
}
