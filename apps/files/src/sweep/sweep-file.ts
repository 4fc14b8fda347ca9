import { crashPoint } from '@creatorr/service/crash-point';
import type { Deps } from '../deps.ts';
import { type FileRecord, isMultipart } from '../file.ts';
import { deleteUnchanged } from '../files.sql.ts';
import { refreshFile } from '../lifecycle/refresh-file.ts';
import { addMs, type FilePolicy } from '../policy.ts';
import { markBytesRemoved, scheduleResweep, scheduleSweep } from './sweep.sql.ts';

type SweepDeps = Pick<Deps, 'prisma' | 'store' | 'policy'>;

/**
 * Prepares the removal of one due row's bytes: the file is deleted and its multipart upload aborted. Returns whether to remove them;
 * otherwise the next sweep of the row is scheduled. Repeated and concurrent calls are safe.
 */
export async function prepareRemoval(deps: SweepDeps, file: FileRecord, now: Date): Promise<boolean> {
	switch (decideSweep(file, now)) {
		case 'keep':
			return await keepFile(deps, file);
		case 'remove':
			return await deleteAndAbort(deps, file);
		case 'check store': {
			// A client may never read its file after the upload, so the bytes may be there.
			const current = await refreshFile(deps, file);
			return current?.status === 'ready' ? await keepFile(deps, current) : await deleteAndAbort(deps, file);
		}
	}
}

/**
 * Returns what to do with a row that fell due. `remove`: remove its bytes. `check store`: the upload's deadline is over, and the store
 * decides. `keep`: schedule its next sweep, for example because the file became ready after it fell due.
 */
export function decideSweep(file: FileRecord, now: Date): 'remove' | 'check store' | 'keep' {
	if (file.deletedAt !== null || file.expiresAt <= now) return 'remove';
	if (file.abandonAt > now) return 'keep';
	if (file.publishedAt === null) return 'remove';
	return file.status === 'pending' ? 'check store' : 'keep';
}

async function keepFile({ prisma }: SweepDeps, file: FileRecord): Promise<false> {
	await scheduleSweep(prisma, file.id);
	return false;
}

/** Returns false if the file has changed meanwhile. */
async function deleteAndAbort({ prisma, store }: SweepDeps, file: FileRecord): Promise<boolean> {
	// Deleted before the bytes are removed: no read may return a file that has lost its bytes.
	if (file.deletedAt === null && !(await deleteUnchanged(prisma, file))) return false;
	if (isMultipart(file)) {
		await store.abortMultipart({ key: file.storageKey, uploadId: file.multipart.uploadId });
		crashPoint('files.sweep.upload-aborted');
	}
	return true;
}

/** Records that the bytes of a file are removed, and schedules their next removal if more may arrive. */
export async function recordRemoval(
	{ prisma, policy }: SweepDeps,
	file: FileRecord,
	now: Date,
): Promise<void> {
	const next = nextRemovalAt(file, now, policy);
	if (next !== null) await scheduleResweep(prisma, file.id, next);
	else await markBytesRemoved(prisma, file.id);
	crashPoint('files.sweep.committed');
}

/**
 * Returns when to remove the bytes of a deleted file again; null when no more can arrive.
 *
 * The URL of a single PUT works after the deletion, and a PUT that it accepted may end even later. Earlier download URLs would serve
 * those bytes, so they are removed at short intervals while either kind of URL may work. Other files are checked only once more, at the end:
 * the upload of parts was aborted, and only a worker has the URLs of a job's output.
 */
export function nextRemovalAt(
	file: FileRecord,
	now: Date,
	policy: Pick<FilePolicy, 'lateUploadMs' | 'resweepIntervalMs' | 'downloadUrlSeconds'>,
): Date | null {
	const { uploadUrlExpiresAt, deletedAt } = file;
	const lastBytesAt = addMs(uploadUrlExpiresAt, policy.lateUploadMs);
	if (lastBytesAt <= now) return null;
	if (isMultipart(file) || file.jobId !== null) return lastBytesAt;
	const downloadsEndAt = addMs(deletedAt ?? now, policy.downloadUrlSeconds * 1_000);
	if (uploadUrlExpiresAt <= now && downloadsEndAt <= now) return lastBytesAt;
	return earliest(addMs(now, policy.resweepIntervalMs), lastBytesAt);
}

function earliest(one: Date, other: Date): Date {
	return one < other ? one : other;
}
