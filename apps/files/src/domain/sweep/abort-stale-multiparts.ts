import { type FilePolicy, later } from '../policy.ts';
import type { FileStore } from '../ports.ts';

interface AbortStaleDeps {
	store: Pick<FileStore, 'listStaleMultiparts' | 'abortMultipart'>;
	policy: Pick<FilePolicy, 'abandonAfterMs' | 'lateUploadMs'>;
}

/**
 * Ends uploads in parts that are older than any may get, and resolves to how many. Those of known files were ended when their
 * file was swept; what is left was begun by a process that died before it could keep the row.
 */
export async function abortStaleMultiparts(
	{ store, policy }: AbortStaleDeps,
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
