import { setTimeout as sleep } from 'node:timers/promises';
import { queryDatabase } from '../../driver/database.ts';
import { pidOf } from '../../driver/processes.ts';

const RECONCILIATION = `WHERE name = 'reconciliation'`;

/** Makes the reconciliation of files due; resolves once it has ended, whatever dies meanwhile. */
export async function reconcileNow(givenUp: AbortSignal): Promise<void> {
	const endedAt = async () => {
		const sql = `SELECT last_ended_at AS at FROM chores ${RECONCILIATION}`;
		const [row] = await queryDatabase<{ at: Date | null }>('files', sql);
		return row?.at?.getTime() ?? 0;
	};
	const before = await endedAt();
	let pid = await pidOf('files');
	await queryDatabase('files', `UPDATE chores SET due_at = now() ${RECONCILIATION}`);
	while ((await endedAt()) <= before && !givenUp.aborted) {
		const now = await pidOf('files');
		// Ends the lease of the process that died, which lasts a quarter of an hour.
		const sql = `UPDATE chores SET lease_until = now(), due_at = now() ${RECONCILIATION}`;
		if (now !== pid) await queryDatabase('files', sql);
		pid = now;
		await sleep(200);
	}
}
