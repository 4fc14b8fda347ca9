import { getAccount } from '@creatorr/contracts/internal/auth';
import { createIdentitySigner } from '@creatorr/service/identity';
import { createInternalClient } from '@creatorr/service/internal-client';
import type { Config } from './config.ts';

const CALL_TIMEOUT_MS = 5_000;

/** Returns the calls to other services. */
export function internalCalls(config: Config) {
	const sign = createIdentitySigner('webhooks', config.INTERNAL_PRIVATE_KEY);
	const auth = createInternalClient({
		name: 'auth',
		baseUrl: config.AUTH_URL,
		sign,
		timeoutMs: CALL_TIMEOUT_MS,
	});
	return {
		async isEmailVerified(id: string): Promise<boolean> {
			return (await auth(getAccount, { params: { id } })).data.email_verified ?? false;
		},
	};
}
