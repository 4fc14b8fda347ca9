import { getFile } from '@creatorr/contracts/files';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type FindDeps, findOwnFile } from '../domain/find-own-file.ts';
import type { SignDownloadDeps } from '../domain/sign-download.ts';
import { toFile } from './file-view.ts';

export function getFileRoute(deps: FindDeps & SignDownloadDeps): Route {
	return defineRoute(getFile, async ({ params, user }) => {
		const file = await findOwnFile(deps, { id: params.id, userId: user.id });
		return { data: await toFile(deps, file) };
	});
}
