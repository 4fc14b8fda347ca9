import { checkApiKey } from '@creatorr/contracts/internal/auth';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { Database } from '../database.sql.ts';
import { effectiveExpiry } from './api-key.ts';
import { findLiveKey } from './check-api-key.sql.ts';

/** Responds to gateways with the rights of an API key, or null if it doesn't work. */
export function checkApiKeyRoute({ prisma }: { prisma: Database }): Route {
	return defineRoute(checkApiKey, async ({ body }) => {
		const key = await findLiveKey(prisma, body.key_hash);
		return {
			data: {
				key: key && {
					key_id: key.id,
					user_id: key.userId,
					scopes: key.scopes,
					tools: key.tools.length === 0 ? null : key.tools,
					allowed_ips: key.allowedIps.length === 0 ? null : key.allowedIps,
					expires_at: effectiveExpiry(key)?.toISOString() ?? null,
					plan: key.user.plan,
					starts_grace_period: key.pendingGraceSeconds !== null,
				},
			},
		};
	});
}
