import type { FilePolicy } from '../policy.ts';
import type { SweepRecords } from '../ports.ts';
import { type ChoreDeps, doChore } from './chore.ts';

export interface PurgeDeps extends ChoreDeps {
	records: Pick<SweepRecords, 'purge' | 'pruneInbox'>;
	policy: Pick<FilePolicy, 'rowRetentionMs'>;
}

const EVERY_MS = 3_600_000;
const BATCH_SIZE = 1_000;

/** Forgets files whose bytes are gone for long, and events that nobody delivers again. */
export async function purge(deps: PurgeDeps, stopping: AbortSignal): Promise<void> {
	const { records, policy } = deps;
	await doChore(
		deps,
		{
			name: 'purge',
			everyMs: EVERY_MS,
			async work(_turn, keep) {
				for (let more = true; more; ) {
					const files = await records.purge(BATCH_SIZE, policy.rowRetentionMs);
					more = files === BATCH_SIZE;
					if (!(await keep({ position: '', counts: { files } })) || stopping.aborted) return 'broken off';
				}
				await keep({ position: '', counts: { events: await records.pruneInbox() } });
				return 'done';
			},
		},
		stopping,
	);
}
