import { getUsage } from '@creatorr/contracts/billing';
import { defineRoute } from '@creatorr/service/route';
import { usageOf } from '../domain/usage.ts';

export function getUsageRoute(deps: Parameters<typeof usageOf>[0]) {
	return defineRoute(getUsage, async ({ user }) => ({ data: await usageOf(deps, user.id) }));
}
