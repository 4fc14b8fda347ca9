import { defineTask } from '@creatorr/service/task';
import type { Deps } from '../deps.ts';
import { findStates } from './jobs.sql.ts';

/** Maximum delay of a change whose notification was lost with its connection. */
const SAFETY_POLL_MS = 5_000;

/** Finds changes whose notification was lost: one query for all streams and long polls of the process. */
export const pollWatchedJobs = defineTask({
	name: 'poll_watched_jobs',
	everyMs: SAFETY_POLL_MS,
	async run({ prisma, notifications }: PollDeps) {
		const jobIds = notifications.watchedIds();
		if (jobIds.length > 0) notifications.notifyMissed(jobIds, await findStates(prisma, jobIds));
	},
});

type PollDeps = Pick<Deps, 'notifications'> & { prisma: Pick<Deps['prisma'], '$queryRaw'> };
