import { crashPoint } from '@creatorr/service/crash-point';
import type { Logger } from '@creatorr/service/logger';
import type { FileRecord } from '../file.ts';
import { mapConcurrently } from '../map-concurrently.ts';
import type { SweepRecords } from '../ports.ts';
import { type SweepFileDeps, type SweepOutcome, sweepFile } from './sweep-file.ts';

const BATCH_SIZE = 100;
const FILES_AT_ONCE = 8;
/** Longer than a batch takes, even when the store lets every call wait; what a lost sweeper had taken comes again after it. */
const LEASE_MS = 10 * 60_000;

export interface SweepDeps extends SweepFileDeps {
	records: SweepFileDeps['records'] & Pick<SweepRecords, 'claimDue'>;
	logger: Logger;
}

/** How many files a sweep did what with; `failed` ones come again when their lease is over. */
export type SweepReport = Record<SweepOutcome | 'failed', number>;

/** Sweeps everything that is due and says what it did. Any number of processes may do so at once. */
export async function sweep(deps: SweepDeps, stopping: AbortSignal): Promise<SweepReport> {
	const report: SweepReport = { removed: 0, kept: 0, failed: 0 };
	let more = true;
	while (more && !stopping.aborted) {
		const { files, now } = await deps.records.claimDue(BATCH_SIZE, LEASE_MS);
		if (files.length > 0) crashPoint('files.sweep.claimed');
		const outcomes = await mapConcurrently(files, FILES_AT_ONCE, async (file) =>
			stopping.aborted ? 'failed' : await attempt(deps, file, now),
		);
		for (const outcome of outcomes) report[outcome] += 1;
		// When all failed, the store is away: the next batch would only be leased in vain.
		more = files.length === BATCH_SIZE && outcomes.some((outcome) => outcome !== 'failed');
	}
	return report;
}

/** One file that cannot be swept must not keep the others from it. */
async function attempt(deps: SweepDeps, file: FileRecord, now: Date): Promise<SweepOutcome | 'failed'> {
	try {
		return await sweepFile(deps, file, now);
	} catch (error) {
		deps.logger.warn('sweep.file_failed', { file_id: file.id, error });
		return 'failed';
	}
}
