import { pushRevocations } from '@creatorr/contracts/internal';
import type { SignIdentity } from '@creatorr/service/identity';
import { createInternalClient } from '@creatorr/service/internal-client';
import type { SettleDeps } from './domain/settle-revocations.ts';

/** A gateway that takes longer is waited out instead. Two of these and a lease are what a logout takes at most. */
const PUSH_TIMEOUT_MS = 600;

/** Tells gateways of revocations, each at the address that it gave with its lease. */
export function createRevocationPusher(sign: SignIdentity): SettleDeps['pushRevocations'] {
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
