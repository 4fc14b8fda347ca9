import { crashPoint } from '@creatorr/service/crash-point';
import { defineTask } from '@creatorr/service/task';
import type { Deps } from '../deps.ts';
import { eraseNextBatch } from './delete-account.sql.ts';

/** Erases the files of deleted accounts. Any number of processes may do so at the same time. */
export const eraseAccounts = defineTask<Pick<Deps, 'prisma' | 'policy' | 'logger'>>({
	name: 'erase_accounts',
	everyMs: ({ policy }) => policy.sweepIntervalMs,
	async run({ prisma, logger }, stopping) {
		let erased = 0;
		let batch = await eraseNextBatch(prisma);
		while (batch !== null) {
			crashPoint('files.erase.committed');
			erased += batch;
			batch = stopping.aborted ? null : await eraseNextBatch(prisma);
		}
		if (erased > 0) logger.info('accounts.files_deleted', { files: erased });
	},
});
