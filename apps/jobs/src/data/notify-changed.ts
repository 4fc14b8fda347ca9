import { notify } from '@creatorr/database/notifications';
import type { Tx } from './prisma.ts';

/** Tells every process that a job's status or progress changed, or that it is gone; the payload is its id. */
export const JOB_CHANGED_CHANNEL = 'job_changed';

export async function notifyChanged(tx: Tx, jobId: string): Promise<void> {
	await notify(tx, JOB_CHANGED_CHANNEL, jobId);
}
