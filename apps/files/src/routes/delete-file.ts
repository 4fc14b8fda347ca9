import { notFound } from '@creatorr/contracts/errors';
import { deleteFile } from '@creatorr/contracts/files';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { FileRecords } from '../domain/ports.ts';

export function deleteFileRoute({ records }: { records: Pick<FileRecords, 'deleteVisible'> }): Route {
	return defineRoute(deleteFile, async ({ params, user }) => {
		const deleted = await records.deleteVisible({ id: params.id, userId: user.id });
		if (!deleted) throw notFound('file');
	});
}
