import { type FilePolicy, later } from '../policy.ts';
import type { FileStore, SweepRecords } from '../ports.ts';

export interface HouseDeps {
	records: Pick<SweepRecords, 'purge'>;
	store: Pick<FileStore, 'listStaleMultiparts' | 'abortMultipart'>;
	policy: Pick<FilePolicy, 'abandonAfterMs' | 'lateUploadMs' | 'rowRetentionMs'>;
}

export interface HouseReport {
	/** Rows that were forgotten. */
	purged: number;
	/** Uploads in parts that no row knows of. */
	aborted: number;
}

/** Clears away what has had its time. */
export async function keepHouse(deps: HouseDeps, stopping: AbortSignal): Promise<HouseReport> {
	const purged = await deps.records.purge(later(new Date(), -deps.policy.rowRetentionMs));
	return { purged, aborted: await abortStaleMultiparts(deps, stopping) };
}

/**
 * Ends uploads in parts that are older than any may get. Those of known files ended when their file was swept: what is left was
 * begun by a process that died before it could keep the row.
 */
async function abortStaleMultiparts(
	{ store, policy }: Pick<HouseDeps, 'store' | 'policy'>,
	stopping: AbortSignal,
): Promise<number> {
	const oldest = later(new Date(), -(policy.abandonAfterMs + policy.lateUploadMs));
	let aborted = 0;
	for await (const upload of store.listStaleMultiparts(oldest)) {
		if (stopping.aborted) break;
		await store.abortMultipart(upload);
		aborted += 1;
	}
	return aborted;
}
