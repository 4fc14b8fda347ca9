import { isFileKey, timeOfKey } from '../file.ts';
import { type FilePolicy, later } from '../policy.ts';
import type { FileStore, SweepRecords, Upload } from '../ports.ts';
import { type ChoreDeps, doChore } from './chore.ts';

export interface StaleUploadDeps extends ChoreDeps {
	records: Pick<SweepRecords, 'findStored'>;
	store: Pick<FileStore, 'listStaleMultiparts' | 'abortMultipart'>;
	policy: Pick<FilePolicy, 'orphanAfterMs'>;
}

const EVERY_MS = 3_600_000;
const BATCH_SIZE = 100;

/**
 * Ends uploads in parts that no row knows of: they were begun by a process that died before it could keep the row. Those of known
 * files end when their file is swept.
 */
export async function abortStaleUploads(deps: StaleUploadDeps, stopping: AbortSignal): Promise<void> {
	const { store, policy } = deps;
	await doChore(
		deps,
		{
			name: 'stale-uploads',
			everyMs: EVERY_MS,
			async work(_turn, keep) {
				let batch: Upload[] = [];
				const end = async () => {
					const counts = { aborted: await abortOrphans(deps, batch) };
					batch = [];
					return (await keep({ position: '', counts })) && !stopping.aborted;
				};
				for await (const upload of store.listStaleMultiparts(later(new Date(), -policy.orphanAfterMs))) {
					batch.push(upload);
					if (batch.length === BATCH_SIZE && !(await end())) return 'broken off';
				}
				return (await end()) ? 'done' : 'broken off';
			},
		},
		stopping,
	);
}

/** The store's clock may be wrong, and ours, so that the file's own time has to be over as well, by the database's. */
async function abortOrphans(deps: StaleUploadDeps, uploads: readonly Upload[]): Promise<number> {
	const ours = uploads.filter(({ key }) => isFileKey(key));
	const { files, now } = await deps.records.findStored(ours.map(({ key }) => key));
	const known = new Set(files.map(({ storageKey }) => storageKey));
	const oldest = later(now, -deps.policy.orphanAfterMs);
	const orphans = ours.filter(({ key }) => !known.has(key) && timeOfKey(key) <= oldest);
	for (const upload of orphans) await deps.store.abortMultipart(upload);
	return orphans.length;
}
