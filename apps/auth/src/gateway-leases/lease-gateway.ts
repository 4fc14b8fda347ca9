import { leaseGateway, releaseLease as releaseOperation } from '@creatorr/contracts/internal/auth';
import { counter } from '@creatorr/service/metrics';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { Database } from '../database.sql.ts';
import { listPublicKeys } from '../signing-keys/signing-keys.sql.ts';
import { releaseLease, renewLease } from './gateway-leases.sql.ts';

interface LeaseDeps {
	/** Connections of lease renewals, which other requests must not delay. */
	leaseDatabase: Database;
	leaseTtlMs: number;
}

/**
 * How much longer a lease lasts here than the `ttl_ms` of its holder. Covers timers that fire early and rounded times. The gateway subtracts
 * another margin (`leaseMarginMs`).
 */
const LEASE_MARGIN_MS = 25;

const renewals = counter({
	name: 'creatorr_gateway_lease_renewals_total',
	help: 'Leases requested by gateways, by outcome: granted, refused',
	labels: ['outcome'],
});

/** Grants or renews the lease of a gateway instance, unless it was fenced. The gateway counts its time from before the request. */
export function leaseGatewayRoute({ leaseDatabase, leaseTtlMs }: LeaseDeps): Route {
	return defineRoute(leaseGateway, async ({ params, body }) => {
		const durationMs = leaseTtlMs + LEASE_MARGIN_MS;
		const [granted, keys] = await Promise.all([
			renewLease(leaseDatabase, { id: params.id, callbackUrl: body.callback_url, durationMs }),
			listPublicKeys(leaseDatabase),
		]);
		renewals.inc({ outcome: granted ? 'granted' : 'refused' });
		return { data: { granted, ttl_ms: leaseTtlMs, key_ids: keys.map(({ kid }) => kid) } };
	});
}

export function releaseLeaseRoute({ leaseDatabase }: LeaseDeps): Route {
	return defineRoute(releaseOperation, ({ params }) => releaseLease(leaseDatabase, params.id));
}
