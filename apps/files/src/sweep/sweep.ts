import { crashPoint } from '@creatorr/service/crash-point';
import { defineTask } from '@creatorr/service/task';
import { ObjectsNotDeletedError } from '@creatorr/storage/errors';
import pMap from 'p-map';
import type { Deps } from '../deps.ts';
import type { FileRecord } from '../file.ts';
import { reportFailure, reportRun } from '../leases.sql.ts';
import { countItems, countRun } from '../operators/metrics.ts';
import { requireOwnMark } from '../store/bucket-mark.ts';
import { claimDue, isAnyDue } from './sweep.sql.ts';
import { prepareRemoval, recordRemoval } from './sweep-file.ts';

const BATCH_SIZE = 100;
const CONCURRENT_FILES = 8;
/** Longer than a batch takes when every call to the store times out. Rows of a process that died are due again after it. */
const LEASE_MS = 10 * 60_000;

/** Removes the bytes of deleted, expired and abandoned files. Any number of processes may do so at the same time. */
export const sweepFiles = defineTask<Deps>({
	name: 'sweep',
	everyMs: ({ policy }) => policy.sweepIntervalMs,
	async run(deps, stopping) {
		const startedAt = new Date();
		const counts = await sweep(deps, stopping).catch(async (error: unknown) => {
			countRun('sweep', 'failed');
			// Without its database the failure can't be recorded.
			await reportFailure(deps.prisma, 'sweep', error).catch(() => undefined);
			throw error;
		});
		countRun('sweep', 'done');
		countItems('sweep', counts);
		if (Object.values(counts).some((count) => count > 0)) deps.logger.info('sweep.done', { ...counts });
		await reportRun(deps.prisma, 'sweep', { startedAt, counts });
	},
});

/**
 * How many files had which outcome. `removed` includes sweeps that found nothing left to remove. `failed` ones are due again when their lease
 * ends.
 */
export type SweepCounts = Record<'removed' | 'kept' | 'failed', number>;

/** Sweeps every file that is due. Throws WrongBucketError, because the bytes in another bucket would stay while the rows say that they are gone. */
export async function sweep(deps: Deps, stopping: AbortSignal): Promise<SweepCounts> {
	const counts: SweepCounts = { removed: 0, kept: 0, failed: 0 };
	let isMoreDue = await isAnyDue(deps.prisma);
	// Before rows are claimed: they stay due until the bucket is right and the store answers.
	if (isMoreDue) await requireOwnMark(deps);
	while (isMoreDue && !stopping.aborted) {
		const { files, now } = await claimDue(deps, { limit: BATCH_SIZE, leaseMs: LEASE_MS });
		if (files.length > 0) crashPoint('files.sweep.claimed');
		const { removed, kept } = await sweepBatch(deps, files, now, stopping);
		counts.removed += removed;
		counts.kept += kept;
		counts.failed += files.length - removed - kept;
		// When all failed, the store is down, and another batch would only be leased.
		isMoreDue = files.length === BATCH_SIZE && removed + kept > 0;
	}
	return counts;
}

/** Sweeps files, with one request to the store for the objects of all. Returns how many it removed and kept; the others failed. */
async function sweepBatch(
	deps: Deps,
	files: readonly FileRecord[],
	now: Date,
	stopping: AbortSignal,
): Promise<Omit<SweepCounts, 'failed'>> {
	const removable: FileRecord[] = [];
	let kept = 0;
	await forEachFile(deps, files, async (file) => {
		if (stopping.aborted) return;
		if (await prepareRemoval(deps, file, now)) removable.push(file);
		else kept += 1;
	});
	const withoutBytes = await removeObjects(deps, removable);
	let removed = 0;
	await forEachFile(deps, withoutBytes, async (file) => {
		await recordRemoval(deps, file, now);
		removed += 1;
	});
	return { removed, kept };
}

/** Calls `act` for some files at a time. Logs failures, so that one file does not keep the others from being swept. */
async function forEachFile(
	{ logger }: Deps,
	files: readonly FileRecord[],
	act: (file: FileRecord) => Promise<void>,
): Promise<void> {
	const attempt = async (file: FileRecord) => {
		await act(file).catch((error: unknown) => {
			logger.warn('sweep.file_failed', { file_id: file.id, error });
		});
	};
	await pMap(files, attempt, { concurrency: CONCURRENT_FILES });
}

/** Removes the objects of files. Returns the files whose objects are gone, and logs those that the store kept. */
async function removeObjects(
	{ store, logger }: Deps,
	files: readonly FileRecord[],
): Promise<readonly FileRecord[]> {
	if (files.length === 0) return [];
	try {
		await store.deleteObjects(files.map(({ storageKey }) => storageKey));
		crashPoint('files.sweep.bytes-removed');
		return files;
	} catch (error) {
		const kept =
			error instanceof Error && error.cause instanceof ObjectsNotDeletedError ? error.cause.keys : undefined;
		const isGone = ({ storageKey }: FileRecord) => kept?.has(storageKey) === false;
		for (const { id } of files.filter((file) => !isGone(file)))
			logger.warn('sweep.file_failed', { file_id: id, error });
		return files.filter(isGone);
	}
}
