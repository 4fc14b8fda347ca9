import { crashPoint } from '@creatorr/service/crash-point';
import type { Deps } from '../deps.ts';
import { type FileRecord, isMultipart } from '../file.ts';
import { deleteUnchanged } from '../files.sql.ts';
import { addMs, type FilePolicy } from '../policy.ts';
import { refreshFile } from '../read/refresh-file.ts';
import { markBytesRemoved, scheduleResweep, scheduleSweep } from './sweep.sql.ts';

/** `removed` includes repeated removals, which only look for bytes that arrived late. */
export type SweepOutcome = 'removed' | 'kept';

type SweepDeps = Pick<Deps, 'prisma' | 'store' | 'policy'>;

/** Sweeps one due row. Repeated and concurrent calls are safe. */
export async function sweepFile(deps: SweepDeps, file: FileRecord, now: Date): Promise<SweepOutcome> {
	switch (decideSweep(file, now)) {
		case 'keep':
			return reschedule(deps, file);
		case 'remove':
			return remove(deps, file, now);
		case 'check store': {
			// A client may never read its file after the upload, so the bytes may be there.
			const current = await refreshFile(deps, file);
			return current?.status === 'ready' ? reschedule(deps, current) : remove(deps, file, now);
		}
	}
}

/**
 * Returns what to do with a row that fell due. `remove`: remove its bytes. `check store`: the upload's deadline is over, and the store
 * decides. `keep`: schedule its next date, as when a file became ready after it fell due.
 */
export function decideSweep(file: FileRecord, now: Date): 'remove' | 'check store' | 'keep' {
	if (file.deletedAt !== null || file.expiresAt <= now) return 'remove';
	if (file.abandonAt > now) return 'keep';
	if (file.publishedAt === null) return 'remove';
	return file.status === 'pending' ? 'check store' : 'keep';
}

async function reschedule({ prisma }: SweepDeps, file: FileRecord): Promise<'kept'> {
	await scheduleSweep(prisma, file.id);
	return 'kept';
}

async function remove(deps: SweepDeps, file: FileRecord, now: Date): Promise<SweepOutcome> {
	const { prisma, store, policy } = deps;
	// Deleted before the bytes are removed: no read may return a file that has lost its bytes.
	if (file.deletedAt === null && !(await deleteUnchanged(prisma, file))) return 'kept';
	if (isMultipart(file)) {
		await store.abortMultipart({ key: file.storageKey, uploadId: file.multipart.uploadId });
		crashPoint('files.sweep.upload-aborted');
	}
	await store.deleteObjects([file.storageKey]);
	crashPoint('files.sweep.bytes-removed');
	const next = nextRemovalAt(file, now, policy);
	if (next !== null) await scheduleResweep(prisma, file.id, next);
	else await markBytesRemoved(prisma, file.id);
	crashPoint('files.sweep.committed');
	return 'removed';
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
