import { checkSessionRoute } from './check-session.ts';
import { getJwksRoute } from './get-jwks.ts';
import { leaseGatewayRoute } from './lease-gateway.ts';
import { releaseLeaseRoute } from './release-lease.ts';

/** What gateways call in order to serve signed-in users. */
export const controlRoutes = [leaseGatewayRoute, releaseLeaseRoute, checkSessionRoute, getJwksRoute] as const;
