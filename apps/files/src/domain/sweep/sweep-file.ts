import { crashPoint } from '@creatorr/service/crash-point';
import { type FileRecord, isMultipart } from '../file.ts';
import type { FileRecords, FileStore, SweepRecords } from '../ports.ts';
import { refreshFile } from '../refresh-file.ts';
import { decide } from './decide.ts';
import { nextRemovalAt, type RemovalPolicy } from './next-removal.ts';

export interface SweepFileDeps {
	records: Pick<FileRecords, 'fixEtag' | 'deleteUnchanged'> &
		Pick<SweepRecords, 'scheduleSweep' | 'sweepAgainAt' | 'markBytesRemoved'>;
	store: Pick<FileStore, 'head' | 'confirm' | 'remove' | 'abortMultipart'>;
	policy: RemovalPolicy;
}

/** `removed` is told each time that bytes were removed, also when only late ones were looked for. */
export type SweepOutcome = 'removed' | 'kept';

/** Does what is due for one row by now. Doing it twice, or in two processes at once, is safe. */
export async function sweepFile(deps: SweepFileDeps, file: FileRecord, now: Date): Promise<SweepOutcome> {
	switch (decide(file, now)) {
		case 'keep':
			return keep(deps, file);
		case 'remove':
			return remove(deps, file, now);
		case 'settle': {
			// A client need not ask after its upload: the bytes may have been there all the time.
			const current = await refreshFile(deps, file);
			return current?.status === 'ready' ? keep(deps, current) : remove(deps, file, now);
		}
	}
}

async function keep(deps: SweepFileDeps, file: FileRecord): Promise<'kept'> {
	await deps.records.scheduleSweep(file.id);
	return 'kept';
}

async function remove(deps: SweepFileDeps, file: FileRecord, now: Date): Promise<SweepOutcome> {
	// First gone, then removed: nobody may be shown a file that has lost its bytes.
	if (file.deletedAt === null && !(await deps.records.deleteUnchanged(file))) return 'kept';
	if (isMultipart(file)) {
		await deps.store.abortMultipart({ key: file.storageKey, uploadId: file.multipart.uploadId });
		crashPoint('files.sweep.upload-aborted');
	}
	await deps.store.remove([file.storageKey]);
	crashPoint('files.sweep.bytes-removed');
	const next = nextRemovalAt(file, now, deps.policy);
	if (next !== null) await deps.records.sweepAgainAt(file.id, next);
	else await deps.records.markBytesRemoved(file.id);
	crashPoint('files.sweep.committed');
	return 'removed';
}
