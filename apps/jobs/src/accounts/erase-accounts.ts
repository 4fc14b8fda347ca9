import { crashPoint } from '@creatorr/service/crash-point';
import { defineTask } from '@creatorr/service/task';
import type { Deps } from '../deps.ts';
import { eraseNextBatch } from './delete-account.sql.ts';

/** `onAccountDeleted` wakes the task. The interval is for batches that a process left when it died. */
const EVERY_MS = 30_000;

/** Deletes the ended jobs and the idempotency keys of deleted accounts. Processes may run it concurrently. */
export const eraseAccounts = defineTask<Pick<Deps, 'prisma' | 'logger'>>({
	name: 'erase_accounts',
	everyMs: EVERY_MS,
	async run({ prisma, logger }, stopping) {
		let erased = 0;
		let batch = await eraseNextBatch(prisma);
		while (batch !== null) {
			crashPoint('jobs.erase.committed');
			erased += batch;
			batch = stopping.aborted ? null : await eraseNextBatch(prisma);
		}
		if (erased > 0) logger.info('accounts.jobs_deleted', { jobs: erased });
	},
});
