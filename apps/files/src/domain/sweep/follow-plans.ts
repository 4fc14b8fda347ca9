import type { Logger } from '@creatorr/service/logger';
import type { SweepRecords } from '../ports.ts';

export interface FollowDeps {
	records: Pick<SweepRecords, 'followInBatch'>;
	logger: Logger;
}

/** Has the files follow their owners' plans that nobody has looked at since. Any number of processes may do so at once. */
export async function followPlans({ records, logger }: FollowDeps, stopping: AbortSignal): Promise<void> {
	let followed = 0;
	let batch = await records.followInBatch();
	while (batch !== null) {
		followed += batch;
		batch = stopping.aborted ? null : await records.followInBatch();
	}
	if (followed > 0) logger.info('plans.followed', { files: followed });
}
