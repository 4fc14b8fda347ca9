import { openPortal as operation } from '@creatorr/contracts/billing';
import { defineRoute } from '@creatorr/service/route';
import { openPortal } from '../domain/open-portal.ts';

export function openPortalRoute(deps: Parameters<typeof openPortal>[0]) {
	return defineRoute(operation, async ({ user }) => ({ data: { url: await openPortal(deps, user.id) } }));
}
