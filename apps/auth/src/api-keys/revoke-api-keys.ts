import { isApiKey } from '@creatorr/contracts/api-key-format';
import { deleteApiKey, reportLeakedKey } from '@creatorr/contracts/api-keys';
import { AppError, notFound } from '@creatorr/contracts/errors';
import { formatWait } from '@creatorr/contracts/format';
import { networkOf } from '@creatorr/service/address-network';
import { crashPoint } from '@creatorr/service/crash-point';
import type { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { defineRoute, type Route } from '@creatorr/service/route';
import { requesterOf } from '../accounts/account.ts';
import { type PropagateDeps, propagateChanges } from '../gateway-leases/propagate-changes.ts';
import { consumeHourlyQuota } from '../mails/hourly-quotas.sql.ts';
import { hashApiKey } from './api-key.ts';
import { apiKeyActions, type CreateKeyDeps } from './create-api-key.ts';
import { revokeKey, revokeLeakedKey } from './revoke-api-keys.sql.ts';

/** DELETE /v1/keys/{id}: responds when no gateway accepts the key. May be repeated. */
export function deleteApiKeyRoute(deps: CreateKeyDeps & PropagateDeps): Route {
	return defineRoute(deleteApiKey, async (input) => {
		const { user, params } = input;
		const { client } = requesterOf(input);
		const action = { userId: user.id, keyId: params.id, sessionId: user.sessionId, client };
		const revoked = await revokeKey(deps.prisma, action);
		if (!revoked) throw notFound('API key');
		crashPoint('auth.api-key.revoked');
		if (revoked.revokedCount > 0) {
			apiKeyActions.inc({ kind: 'revoked' });
			deps.logger.info('security.api_key_revoked', { user_id: user.id, key_id: params.id });
		}
		await propagateChanges(deps, { keyChanges: revoked.keyChanges });
	});
}

export interface LeakedKeyDeps extends CreateKeyDeps, PropagateDeps {
	/**
	 * Serializes the requests of a network. Otherwise each would hold a database connection while it waits for the lock of the network's
	 * row.
	 */
	networkMutex: ReturnType<typeof createKeyedMutex>;
}

/** Counts a report that needs a lookup. Throws `rate_limited` if the network has sent too many. */
async function admitReport(
	{ prisma, apiKeyRules, networkMutex }: LeakedKeyDeps,
	network: string,
): Promise<void> {
	const quota = { key: `leaks ${network}`, perHour: apiKeyRules.leakReportsPerHour };
	const waitSeconds = await networkMutex.runExclusive(network, () => consumeHourlyQuota(prisma, quota));
	if (waitSeconds === 0) return;
	const message = `Too many reports of leaked keys from your network. Try again in ${formatWait(waitSeconds)}.`;
	throw new AppError('rate_limited', message, { retryAfterSeconds: waitSeconds });
}

/** POST /v1/keys/leaked: responds when no gateway accepts the key. The response is the same whether or not the key exists. Throws `rate_limited`. */
export function reportLeakedKeyRoute(deps: LeakedKeyDeps): Route {
	return defineRoute(reportLeakedKey, async (input) => {
		const key = input.body.key.trim();
		if (!isApiKey(deps.apiKeyRules.prefix, key)) return;
		const { client } = requesterOf(input);
		await admitReport(deps, networkOf(client.address));
		const noticesPerHour = deps.mailLimits.perEmail;
		const leaked = await revokeLeakedKey(deps.prisma, { keyHash: hashApiKey(key), client, noticesPerHour });
		if (!leaked) return;
		crashPoint('auth.api-key.leaked');
		const { revokedCount, userId, keyId } = leaked;
		if (revokedCount > 0) {
			apiKeyActions.inc({ kind: 'leaked' });
			deps.logger.warn('security.api_key_leaked', { user_id: userId, key_id: keyId });
		}
		await propagateChanges(deps, { keyChanges: leaked.keyChanges });
	});
}
