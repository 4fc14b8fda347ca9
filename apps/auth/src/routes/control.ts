import type { Route } from '@creatorr/service/route';
import type { LeaseStore } from '../domain/settle-revocations.ts';
import type { SigningKeyStore } from '../domain/signing-key.ts';
import type { SessionStore } from '../domain/stores.ts';
import { checkSessionRoute } from './check-session.ts';
import { getJwksRoute } from './get-jwks.ts';
import { leaseGatewayRoute } from './lease-gateway.ts';
import { releaseLeaseRoute } from './release-lease.ts';

interface ControlDeps {
	leases: LeaseStore;
	leaseTtlMs: number;
	/** Where the lease route reads the key ids. */
	leaseKeys: Pick<SigningKeyStore, 'listPublic'>;
	signingKeys: SigningKeyStore;
	sessions: SessionStore;
}

/** What gateways call in order to serve signed-in users. */
export function controlRoutes(deps: ControlDeps): Route[] {
	return [
		leaseGatewayRoute({ ...deps, signingKeys: deps.leaseKeys }),
		releaseLeaseRoute(deps),
		checkSessionRoute(deps),
		getJwksRoute(deps),
	];
}
