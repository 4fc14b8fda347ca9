import { leaseGateway } from '@creatorr/contracts/internal';
import { defineRoute, type Route } from '@creatorr/service/route';
import { countLeaseRenewal } from '../control/control-metrics.ts';
import { grantLease, type LeaseStore } from '../domain/settle-revocations.ts';
import type { SigningKeyStore } from '../domain/signing-key.ts';

interface Deps {
	leases: LeaseStore;
	leaseTtlMs: number;
	/** Where key ids are read from; see LEASE_CONNECTIONS of the control service. */
	leaseKeys: Pick<SigningKeyStore, 'listPublic'>;
}

export function leaseGatewayRoute(deps: Deps): Route {
	return defineRoute(leaseGateway, async ({ params, body }) => {
		const ttlMs = deps.leaseTtlMs;
		const [granted, keys] = await Promise.all([
			grantLease(deps, { id: params.id, callbackUrl: body.callback_url, ttlMs }),
			deps.leaseKeys.listPublic(),
		]);
		countLeaseRenewal(granted);
		return { data: { granted, ttl_ms: ttlMs, key_ids: keys.map(({ kid }) => kid) } };
	});
}
