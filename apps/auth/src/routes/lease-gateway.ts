import { leaseGateway } from '@creatorr/contracts/internal';
import { defineRoute, type Route } from '@creatorr/service/route';
import { grantLease, type LeaseStore } from '../domain/settle-revocations.ts';

export function leaseGatewayRoute(deps: { leases: LeaseStore; leaseTtlMs: number }): Route {
	return defineRoute(leaseGateway, async ({ params, body }) => {
		const ttlMs = deps.leaseTtlMs;
		const granted = await grantLease(deps, { id: params.id, callbackUrl: body.callback_url, ttlMs });
		return { data: { granted, ttl_ms: ttlMs } };
	});
}
