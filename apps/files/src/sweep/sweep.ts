import { crashPoint } from '@creatorr/service/crash-point';
import { defineTask } from '@creatorr/service/task';
import pMap from 'p-map';
import type { Deps } from '../deps.ts';
import type { FileRecord } from '../file.ts';
import { reportRun } from '../leases.sql.ts';
import { countItems, countRun } from '../operators/metrics.ts';
import { claimDue } from './sweep.sql.ts';
import { type SweepOutcome, sweepFile } from './sweep-file.ts';

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
		const counts = await sweep(deps, stopping).catch((error: unknown) => {
			countRun('sweep', 'failed');
			throw error;
		});
		countRun('sweep', 'done');
		countItems('sweep', counts);
		if (Object.values(counts).some((count) => count > 0)) deps.logger.info('sweep.done', { ...counts });
		await reportRun(deps.prisma, 'sweep', { startedAt, counts });
	},
});

/** How many files had which outcome; `failed` ones are due again when their lease ends. */
export type SweepCounts = Record<SweepOutcome | 'failed', number>;

/** Sweeps every file that is due. */
export async function sweep(deps: Deps, stopping: AbortSignal): Promise<SweepCounts> {
	const counts: SweepCounts = { removed: 0, kept: 0, failed: 0 };
	let isMoreDue = true;
	while (isMoreDue && !stopping.aborted) {
		const { files, now } = await claimDue(deps, { limit: BATCH_SIZE, leaseMs: LEASE_MS });
		if (files.length > 0) crashPoint('files.sweep.claimed');
		const attemptUnlessStopping = async (file: (typeof files)[number]) =>
			stopping.aborted ? 'failed' : await attempt(deps, file, now);
		const outcomes = await pMap(files, attemptUnlessStopping, { concurrency: CONCURRENT_FILES });
		for (const outcome of outcomes) counts[outcome] += 1;
		// When all failed, the store is down, and another batch would only be leased.
		isMoreDue = files.length === BATCH_SIZE && outcomes.some((outcome) => outcome !== 'failed');
	}
	return counts;
}

/** Logs a failure, so that one file does not keep the others from being swept. */
async function attempt(deps: Deps, file: FileRecord, now: Date): Promise<SweepOutcome | 'failed'> {
	try {
		return await sweepFile(deps, file, now);
	} catch (error) {
		deps.logger.warn('sweep.file_failed', { file_id: file.id, error });
		return 'failed';
	}
}
