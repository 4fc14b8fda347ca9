import { notFound } from '@creatorr/contracts/errors';
import { deleteFile } from '@creatorr/contracts/files';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { Deps } from '../deps.ts';
import { deleteVisibleFile } from './delete-file.sql.ts';

export function deleteFileRoute(deps: Deps): Route {
	return defineRoute(deleteFile, async ({ params, user }) => {
		const deleted = await deleteVisibleFile(deps, { id: params.id, userId: user.id });
		if (!deleted) throw notFound('file');
	});
}
