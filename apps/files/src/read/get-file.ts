import { notFound } from '@creatorr/contracts/errors';
import { getFile, type listFiles } from '@creatorr/contracts/files';
import type { ResponseOf } from '@creatorr/contracts/operation';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { Deps } from '../deps.ts';
import type { FileLookup, FileRecord } from '../file.ts';
import { refreshFile } from '../lifecycle/refresh-file.ts';
import { presignDownload } from './download-url.ts';
import { findVisibleFile } from './find-files.sql.ts';

export function getFileRoute(deps: Deps): Route {
	return defineRoute(getFile, async ({ params, user }) => {
		const file = await findOwnFile(deps, { id: params.id, userId: user.id });
		return { data: await toFile(deps, file) };
	});
}

/** Returns a user's file as the store has it now. Throws `not_found`, the same for a file that is absent, gone or another user's. */
export async function findOwnFile(deps: Deps, lookup: FileLookup): Promise<FileRecord> {
	const file = await findVisibleFile(deps, lookup);
	const current = file && (await refreshFile(deps, file));
	if (!current) throw notFound('file');
	return current;
}

type ListedFile = ResponseOf<typeof listFiles>['data'][number];
type File = ResponseOf<typeof getFile>['data'];

/** Returns a file as lists show it. */
export function toListedFile(file: FileRecord): ListedFile {
	return {
		id: file.id,
		name: file.name,
		size_bytes: file.sizeBytes,
		mime_type: file.mimeType,
		storage_tier: file.storageTier,
		status: file.status,
		expires_at: file.expiresAt.toISOString(),
		created_at: file.createdAt.toISOString(),
	};
}

/** Returns a file as it is shown alone, with its download URL. */
export async function toFile(deps: Pick<Deps, 'store' | 'policy'>, file: FileRecord): Promise<File> {
	return { ...toListedFile(file), download_url: await presignDownload(deps, file) };
}
