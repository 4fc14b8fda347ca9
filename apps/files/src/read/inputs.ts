import { checkInput, openInput } from '@creatorr/contracts/internal/files';
import { defineRoute, type Route } from '@creatorr/service/route';
import { readStorageUse } from '../accounts/accounts.sql.ts';
import { createStorageCheck } from '../accounts/cached-storage-check.ts';
import type { Deps } from '../deps.ts';
import { type FileLookup, type FileRecord, notUploaded } from '../file.ts';
import { presignWorkerDownload } from './download-url.ts';
import { findOwnFile } from './get-file.ts';

/** Returns the metadata of a new job's input to the jobs service. Throws `plan_limit` or `email_not_verified` when the user's storage is full. */
export function checkInputRoute(deps: Deps): Route {
	const requireStorage = createStorageCheck({
		policy: deps.policy,
		readUse: (userId) => readStorageUse(deps.prisma, { userId, excludedJobId: null }),
	});
	return defineRoute(checkInput, async ({ params, body }) => {
		const file = await findInput(deps, { id: params.id, userId: body.user_id });
		await requireStorage(body.user_id);
		return { data: { name: file.name, mime_type: file.mimeType, size_bytes: file.sizeBytes } };
	});
}

/** Returns a download URL of a job's input to a worker. */
export function openInputRoute(deps: Deps): Route {
	return defineRoute(openInput, async ({ params, body }) => {
		const file = await findInput(deps, { id: params.id, userId: body.user_id });
		return {
			data: {
				name: file.name,
				mime_type: file.mimeType,
				size_bytes: file.sizeBytes,
				etag: file.etag,
				download_url: await presignWorkerDownload(deps, file),
			},
		};
	});
}

/** Returns a user's file whose bytes are in the store. Throws `not_found`, `file_not_uploaded`. */
async function findInput(
	deps: Deps,
	lookup: FileLookup,
): Promise<FileRecord & { status: 'ready'; etag: string }> {
	const file = await findOwnFile(deps, lookup);
	if (file.status !== 'ready' || file.etag === null) throw notUploaded();
	return { ...file, status: file.status, etag: file.etag };
}
