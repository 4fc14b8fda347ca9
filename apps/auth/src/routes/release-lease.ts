import { releaseLease } from '@creatorr/contracts/internal';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { LeaseStore } from '../domain/settle-revocations.ts';

export function releaseLeaseRoute(deps: { leases: Pick<LeaseStore, 'release'> }): Route {
	return defineRoute(releaseLease, async ({ params }) => {
		await deps.leases.release(params.id);
	});
}
