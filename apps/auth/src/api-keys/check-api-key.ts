import { checkApiKey } from '@creatorr/contracts/internal/auth';
import type { Logger } from '@creatorr/service/logger';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { Database } from '../database.sql.ts';
import { type PropagateDeps, propagateRevocations } from '../gateway-leases/propagate-revocations.ts';
import { endOf } from './api-key.ts';
import type { ApiKeyRow } from './api-keys.sql.ts';
import { findLiveKey, startGracePeriod } from './check-api-key.sql.ts';

interface Deps extends PropagateDeps {
	prisma: Database;
	logger: Logger;
}

/**
 * Starts the grace period of the key that this one replaces. The request doesn't wait until gateways know. If the push fails,
 * {@link propagateMissedRevocations} repeats it.
 */
async function noteFirstUse(deps: Deps, key: ApiKeyRow): Promise<void> {
	const changes = await startGracePeriod(deps.prisma, key);
	propagateRevocations(deps, [], changes).catch((error: unknown) => {
		deps.logger.warn('api_key.propagation_failed', { key_id: key.id, error });
	});
}

/** Responds to gateways with the rights of an API key, or null if it doesn't work. */
export function checkApiKeyRoute(deps: Deps): Route {
	return defineRoute(checkApiKey, async ({ body }) => {
		const key = await findLiveKey(deps.prisma, body.key_hash);
		if (key?.pendingGraceSeconds != null) await noteFirstUse(deps, key);
		return {
			data: {
				key: key && {
					key_id: key.id,
					user_id: key.userId,
					scopes: key.scopes,
					tools: key.tools.length === 0 ? null : key.tools,
					allowed_ips: key.allowedIps.length === 0 ? null : key.allowedIps,
					expires_at: endOf(key)?.toISOString() ?? null,
				},
			},
		};
	});
}
