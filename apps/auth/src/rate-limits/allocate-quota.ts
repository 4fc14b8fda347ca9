import { allocateQuota } from '@creatorr/contracts/internal/auth';
import type { Plans } from '@creatorr/contracts/plans';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { Database } from '../database.sql.ts';
import { allocateUnits } from './allocate-quota.sql.ts';

/** Allocates units of rate limits to a gateway, in one statement. */
export function allocateQuotaRoute({ prisma, plans }: { prisma: Database; plans: Plans }): Route {
	return defineRoute(allocateQuota, async ({ body }) => ({
		data: await allocateUnits(prisma, plans, body.requests),
	}));
}
