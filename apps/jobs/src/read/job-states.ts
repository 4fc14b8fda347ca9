import { notFound } from '@creatorr/contracts/errors';
import type { Job } from '@creatorr/contracts/jobs';
import type { Deps } from '../deps.ts';
import { isTerminal } from '../lifecycle/job-status.ts';
import { isSameState, type JobNotifications } from './job-notifications.ts';
import { findJob } from './jobs.sql.ts';

/** Finds jobs and notifies of their changes. Tests replace the database. */
interface JobSource {
	notifications: Pick<JobNotifications, 'watch'>;
	find(input: { jobId: string; userId: string }): Promise<Job | null>;
}

export function createJobSource({
	prisma,
	notifications,
}: Pick<Deps, 'prisma' | 'notifications'>): JobSource {
	return { notifications, find: (input) => findJob(prisma, input) };
}

interface StatesInput {
	jobId: string;
	userId: string;
	/** Aborts when the client is gone. */
	signal: AbortSignal;
}

/**
 * Yields the job now and after each change of its status or progress, until it is terminal, `waitMs` have passed or the process stops.
 * Throws `not_found`, also when the job is deleted meanwhile.
 */
export async function* jobStates(
	{ notifications, find }: JobSource,
	{ jobId, userId, signal }: StatesInput,
	waitMs = Number.POSITIVE_INFINITY,
): AsyncGenerator<Job, void> {
	const endsAtMs = performance.now() + waitMs;
	// Watches before the first read, so that no change falls in between.
	const watcher = notifications.watch(jobId);
	try {
		let shown: Job | undefined;
		let isWatching: boolean;
		do {
			const read = () => find({ jobId, userId });
			const job: Job | null = await (shown ? watcher.readShared(read) : read());
			if (!job) throw notFound('job');
			if (!shown || !isSameState(shown, job)) yield job;
			shown = job;
			const leftMs = endsAtMs - performance.now();
			if (isTerminal(job.status) || leftMs <= 0 || signal.aborted) return;
			isWatching = await watcher.nextNotification(job, leftMs, signal);
		} while (isWatching);
	} finally {
		watcher.end();
	}
}

/** Returns the job once its status or progress has changed, or as it is when there is no change. Throws `not_found`. */
export async function waitForChange(source: JobSource, input: StatesInput, waitMs: number): Promise<Job> {
	let first: Job | undefined;
	for await (const job of jobStates(source, input, waitMs)) {
		if (first) return job;
		first = job;
	}
	if (!first) throw notFound('job');
	return first;
}
