import { defineTask } from '@creatorr/service/task';
import type { MultipartUpload } from '@creatorr/storage/multipart';
import type { Deps } from '../deps.ts';
import { isFileKey, timeOfKey } from '../file.ts';
import { LEASE } from '../leases.sql.ts';
import { addMs } from '../policy.ts';
import { findStored } from '../reconcile/reconcile.sql.ts';
import { requireOwnMark } from '../store/bucket-mark.ts';

const EVERY_MS = 3_600_000;
const BATCH_SIZE = 100;

/**
 * Aborts multipart uploads without a row: a process created them and died before it inserted one. The sweep aborts those of files with
 * a row.
 */
export const abortStaleUploads = defineTask<Deps>({
	name: 'stale-uploads',
	everyMs: EVERY_MS,
	lease: LEASE,
	async run(deps, { checkpoint }, stopping) {
		await requireOwnMark(deps);
		let batch: MultipartUpload[] = [];
		const finishBatch = async () => {
			const counts = { aborted: await abortOrphans(deps, batch) };
			batch = [];
			return (await checkpoint({ position: '', counts })) && !stopping.aborted;
		};
		const startedBefore = addMs(new Date(), -deps.policy.orphanAfterMs);
		for await (const upload of deps.store.listStaleMultiparts(startedBefore)) {
			batch.push(upload);
			if (batch.length === BATCH_SIZE && !(await finishBatch())) return 'interrupted';
		}
		return (await finishBatch()) ? 'done' : 'interrupted';
	},
});

/** The store's clock and this process's may be wrong, so the time in the file's key must be old too, by the database's clock. */
async function abortOrphans(deps: Deps, uploads: readonly MultipartUpload[]): Promise<number> {
	const own = uploads.filter(({ key }) => isFileKey(key));
	const { files, now } = await findStored(
		deps.prisma,
		own.map(({ key }) => key),
	);
	const known = new Set(files.map(({ storageKey }) => storageKey));
	const oldest = addMs(now, -deps.policy.orphanAfterMs);
	const orphans = own.filter(({ key }) => !known.has(key) && timeOfKey(key) <= oldest);
	for (const upload of orphans) await deps.store.abortMultipart(upload);
	return orphans.length;
}
