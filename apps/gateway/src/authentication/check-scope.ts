import { AppError } from '@creatorr/contracts/errors';
import type { Operation } from '@creatorr/contracts/operation';
import type { Credential } from './credential.ts';

/**
 * Checks that a credential may call an operation. A session may call every operation. This is the only place that checks scopes. Throws
 * `session_required` or `insufficient_scope`.
 */
export function checkScope({ scope }: Pick<Operation, 'scope'>, credential: Credential | undefined): void {
	if (credential?.kind !== 'key' || scope === 'any') return;
	if (scope === undefined) {
		throw new AppError(
			'session_required',
			'This operation requires a session, not an API key. Sign in and send the token of the session.',
		);
	}
	if (credential.scopes.has(scope)) return;
	throw new AppError(
		'insufficient_scope',
		`This API key lacks the scope ${scope}. Sign in and add it to the key, or use another key.`,
		{
			headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
		},
	);
}
