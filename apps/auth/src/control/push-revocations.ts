import { pushRevocations } from '@creatorr/contracts/internal';
import type { SignIdentity } from '@creatorr/service/identity';
import { createInternalClient } from '@creatorr/service/internal-client';
import type { SettlerDeps } from '../domain/settle-revocations.ts';

/**
 * A gateway on a busy machine answers late; one that takes longer is fenced. Two of these and a lease (20 s together) are the
 * longest that a logout takes: below the 29 s after which a gateway gives up on auth.
 */
const PUSH_TIMEOUT_MS = 2_500;

/** Pushes revocations to gateways, to each at the callback URL of its lease. */
export function createRevocationPusher(sign: SignIdentity): SettlerDeps['pushRevocations'] {
	return async (lease, sessionIds) => {
		const call = createInternalClient({
			name: 'a gateway',
			baseUrl: lease.callbackUrl.replace(/\/+$/, ''),
			sign,
			timeoutMs: PUSH_TIMEOUT_MS,
		});
		await call(pushRevocations, { body: { instance_id: lease.id, session_ids: sessionIds } });
	};
}
