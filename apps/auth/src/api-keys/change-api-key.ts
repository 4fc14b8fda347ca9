import { rotateApiKey, updateApiKey } from '@creatorr/contracts/api-keys';
import { AppError } from '@creatorr/contracts/errors';
import { crashPoint } from '@creatorr/service/crash-point';
import { defineRoute, type Route } from '@creatorr/service/route';
import { requesterOf } from '../accounts/account.ts';
import { type PropagateDeps, propagateChanges } from '../gateway-leases/propagate-changes.ts';
import { toApiKey } from './api-key.ts';
import { findKeysAwaitingUse } from './api-keys.sql.ts';
import { changeKey, rotateKey } from './change-api-key.sql.ts';
import { apiKeyActions, type CreateKeyDeps, generateKey } from './create-api-key.ts';

/** A grace period of this length ends everywhere in time, also after a failed push: {@link propagateMissedChanges} repeats it within 55 s. */
const SAFE_GRACE_SECONDS = 60;

const dateOf = (text: string | null) => (text === null ? null : new Date(text));

/** PATCH /v1/keys/{id}: responds when every gateway uses the new state. Throws like {@link changeKey}. */
export function updateApiKeyRoute(deps: CreateKeyDeps & PropagateDeps): Route {
	return defineRoute(updateApiKey, async (input) => {
		const { user, params, body } = input;
		const { client } = requesterOf(input);
		const { row, changes, hasChanged } = await changeKey(
			deps.prisma,
			{ userId: user.id, keyId: params.id, sessionId: user.sessionId, client },
			{
				...(body.name !== undefined && { name: body.name }),
				...(body.scopes !== undefined && { scopes: body.scopes }),
				...(body.tools !== undefined && { tools: body.tools ?? [] }),
				...(body.allowed_ips !== undefined && { allowedIps: body.allowed_ips ?? [] }),
				...(body.metadata !== undefined && { metadata: body.metadata }),
				...(body.expires_at !== undefined && { expiresAt: dateOf(body.expires_at) }),
			},
		);
		crashPoint('auth.api-key.changed');
		if (hasChanged) {
			apiKeyActions.inc({ kind: 'changed' });
			deps.logger.info('security.api_key_changed', { user_id: user.id, key_id: row.id });
		}
		await propagateChanges(deps, { keyChanges: changes });
		return { data: toApiKey(row, await findKeysAwaitingUse(deps.prisma, [row])) };
	});
}

/**
 * POST /v1/keys/{id}/rotate: responds when every gateway knows the grace period of the old key. If the push fails, only a short grace period
 * is a reason for an error, because no other response can show the new key. Throws like {@link rotateKey}, or `upstream_unavailable`.
 */
export function rotateApiKeyRoute(deps: CreateKeyDeps & PropagateDeps): Route {
	return defineRoute(rotateApiKey, async (input) => {
		const { user, params, body } = input;
		const { text, key } = generateKey(deps.apiKeyRules);
		const rotation = {
			graceSeconds: body.grace_seconds,
			startsAtFirstUse: body.grace_starts === 'first_use',
			expiresAt: body.expires_at === undefined ? undefined : dateOf(body.expires_at),
		};
		const { row, changes } = await rotateKey(
			deps.prisma,
			{ keyId: params.id, key, rotation },
			{
				userId: user.id,
				sessionId: user.sessionId,
				client: requesterOf(input).client,
				noticesPerHour: deps.mailLimits.perEmail,
			},
		);
		crashPoint('auth.api-key.rotated');
		apiKeyActions.inc({ kind: 'rotated' });
		deps.logger.info('security.api_key_rotated', { user_id: user.id, key_id: params.id, new_key_id: row.id });
		try {
			await propagateChanges(deps, { keyChanges: changes });
		} catch (error) {
			if (!rotation.startsAtFirstUse && rotation.graceSeconds < SAFE_GRACE_SECONDS)
				throw unconfirmed(row.id, error);
			deps.logger.warn('api_key.propagation_failed', { key_id: params.id, error });
		}
		return { data: { ...toApiKey(row, new Set()), key: text } };
	});
}

/** Returns the error for a rotation that is committed, while a gateway may still accept the old key. */
function unconfirmed(newKeyId: string, cause: unknown): AppError {
	// Without Retry-After: the same request would replace the new key, or not find the old one.
	return new AppError(
		'upstream_unavailable',
		`The key is replaced by ${newKeyId}, but the old one may work for another minute. This response can’t show the new key: rotate ${newKeyId} to get one.`,
		{ cause },
	);
}
