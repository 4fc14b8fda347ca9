import { type FileRecord, notUploaded, type OwnedFile } from './file.ts';
import { type FindDeps, findOwnFile } from './find-own-file.ts';

/** A user's file whose bytes are there now. Throws `not_found`, `file_not_uploaded`. */
export async function findInput(
	deps: FindDeps,
	wanted: OwnedFile,
): Promise<FileRecord & { status: 'ready'; etag: string }> {
	const file = await findOwnFile(deps, wanted);
	if (file.status !== 'ready' || file.etag === null) throw notUploaded();
	return { ...file, status: file.status, etag: file.etag };
}
