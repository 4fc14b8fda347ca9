import { reportApiKeyUse } from '@creatorr/contracts/internal/auth';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { Database } from '../database.sql.ts';
import { recordUse } from './report-use.sql.ts';

/** Records when and from where keys were last used, as gateways report it. */
export function reportApiKeyUseRoute({ prisma }: { prisma: Database }): Route {
	return defineRoute(reportApiKeyUse, ({ body }) => recordUse(prisma, body.uses));
}
