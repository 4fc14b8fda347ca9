import { describeApiKey, newApiKey } from '@creatorr/contracts/api-key-format';
import { createApiKey } from '@creatorr/contracts/api-keys';
import { crashPoint } from '@creatorr/service/crash-point';
import type { Logger } from '@creatorr/service/logger';
import { counter } from '@creatorr/service/metrics';
import { defineRoute, type Route } from '@creatorr/service/route';
import { requesterOf } from '../accounts/account.ts';
import type { Database } from '../database.sql.ts';
import type { MailLimits } from '../mails/mails.sql.ts';
import { hashApiKey, toApiKey } from './api-key.ts';
import { createKey, type NewApiKey } from './create-api-key.sql.ts';

/** Rules of API keys, from the settings. */
export interface ApiKeyRules {
	prefix: string;
	requiresVerifiedEmail: boolean;
	leakReportsPerHour: number;
}

export interface CreateKeyDeps {
	prisma: Database;
	logger: Logger;
	apiKeyRules: ApiKeyRules;
	mailLimits: MailLimits;
}

/** Counts changes of keys by kind: created, changed, rotated, revoked, leaked. */
export const apiKeyActions = counter({
	name: 'creatorr_api_key_changes_total',
	help: 'API keys created, changed, rotated, revoked and reported as leaked, by kind',
	labels: ['kind'],
	initial: ['created', 'changed', 'rotated', 'revoked', 'leaked'].map((kind) => ({ kind })),
});

/** Returns a new key, and what is stored of it. */
export function generateKey({ prefix }: ApiKeyRules): { text: string; key: NewApiKey } {
	const text = newApiKey(prefix);
	return { text, key: { keyHash: hashApiKey(text), ...describeApiKey(prefix, text) } };
}

/** POST /v1/keys: throws like {@link createKey}. */
export function createApiKeyRoute(deps: CreateKeyDeps): Route {
	return defineRoute(createApiKey, async (input) => {
		const { user, body } = input;
		const { text, key } = generateKey(deps.apiKeyRules);
		const settings = {
			name: body.name,
			scopes: body.scopes,
			tools: body.tools ?? [],
			allowedIps: body.allowed_ips ?? [],
			metadata: body.metadata ?? {},
			expiresAt: body.expires_at ? new Date(body.expires_at) : null,
		};
		const { requiresVerifiedEmail } = deps.apiKeyRules;
		const row = await createKey(
			deps.prisma,
			{ key, settings, requiresVerifiedEmail },
			{
				userId: user.id,
				sessionId: user.sessionId,
				client: requesterOf(input).client,
				noticesPerHour: deps.mailLimits.perEmail,
			},
		);
		crashPoint('auth.api-key.created');
		apiKeyActions.inc({ kind: 'created' });
		deps.logger.info('security.api_key_created', { user_id: user.id, key_id: row.id });
		return { data: { ...toApiKey(row, new Set()), key: text } };
	});
}
