import { pruneInbox } from '@creatorr/database/inbox';
import { defineTask } from '@creatorr/service/task';
import type { Deps } from '../deps.ts';
import { LEASE } from '../leases.sql.ts';
import { purgeRows } from './sweep.sql.ts';

const EVERY_MS = 3_600_000;
const BATCH_SIZE = 1_000;

/** Deletes rows of files whose bytes are gone, and events in the inbox that are too old to be delivered again. */
export const purgeFiles = defineTask<Deps>({
	name: 'purge',
	everyMs: EVERY_MS,
	lease: LEASE,
	async run({ prisma, policy }, { checkpoint }, stopping) {
		for (let isMoreDue = true; isMoreDue; ) {
			const files = await purgeRows(prisma, { limit: BATCH_SIZE, retentionMs: policy.rowRetentionMs });
			isMoreDue = files === BATCH_SIZE;
			if (!(await checkpoint({ position: '', counts: { files } })) || stopping.aborted) return 'interrupted';
		}
		await checkpoint({ position: '', counts: { events: await pruneInbox(prisma) } });
		return 'done';
	},
});
