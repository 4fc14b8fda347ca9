import type { JobOutcome } from '@creatorr/contracts/events';
import type { JobStatus } from '@creatorr/contracts/jobs';
import { applyOnce } from '@creatorr/database/inbox';
import { inTransaction } from '@creatorr/database/transaction';
import type { Database, Tx } from '../database.sql.ts';
import { failJob, succeedJob } from '../lifecycle/end-job.sql.ts';
import { type LockedJob, lockJob } from '../lifecycle/job.sql.ts';
import { FINISHING } from '../lifecycle/stored-names.sql.ts';
import { loseLockedAttempt } from './lose.sql.ts';
import { unassignLockedAttempt } from './return.sql.ts';
import { canTransition } from './transitions.ts';

/** The name under which the inbox records outcomes. */
const CONSUMER = 'jobs.job-finished';
/** Longer than the slowest response of the files service plus the longest pause between two tries. */
const FINISHING_MS = 30_000;

export interface FinishedAttempt {
	eventId: string;
	jobId: string;
	attempt: number;
	outcome: JobOutcome;
	/** Run time of the tool, if the worker measured it. */
	computeMs?: number | undefined;
}

/**
 * Starts to apply an attempt's outcome: for a while no worker can claim the job, not even its own. Returns false when the
 * attempt is not the current one of a running job.
 */
export async function startFinishing(
	prisma: Database,
	{ jobId, attempt }: Pick<FinishedAttempt, 'jobId' | 'attempt'>,
): Promise<boolean> {
	const updated = await prisma.$executeRaw`
		UPDATE jobs
		SET ${FINISHING} = true,
			lease_expires_at = greatest(lease_expires_at, now() + make_interval(secs => ${FINISHING_MS / 1000}))
		WHERE id = ${jobId} AND attempt = ${attempt}::int AND status = 'running'
			AND worker_id IS NOT NULL`;
	return updated > 0;
}

interface Applied {
	/** An earlier delivery applied the event. */
	repeated: boolean;
	/** The status of the job now. Null when it was deleted. */
	status: JobStatus | null;
}

/** Ends a job with the outcome of its current attempt. Ignores the outcome of any other attempt. */
export async function finishAttempt(prisma: Database, input: FinishedAttempt): Promise<Applied> {
	return await inTransaction(prisma, async (tx) => {
		const once = { eventId: input.eventId, consumer: CONSUMER };
		const first = await applyOnce(tx, once, async () => {
			const job = await lockJob(tx, input.jobId);
			if (job && canTransition(job, input.attempt, 'finishAttempt')) await endWithOutcome(tx, job, input);
		});
		return { repeated: !first, status: await readStatus(tx, input.jobId) };
	});
}

async function endWithOutcome(
	tx: Tx,
	job: LockedJob,
	{ outcome, computeMs }: FinishedAttempt,
): Promise<void> {
	switch (outcome.status) {
		case 'succeeded':
			await succeedJob(tx, job, outcome, computeMs);
			return;
		case 'failed':
			await failJob(tx, job, { code: outcome.error_code, message: outcome.error_message }, computeMs);
	}
}

/**
 * Counts the current attempt, whose outcome can't be applied, as lost and makes it unassigned. Otherwise its worker, which renews the lease
 * until the outcome is applied, would renew it forever. Returns the status of the job now: the third lost attempt fails it.
 */
export async function rejectOutcome(
	prisma: Database,
	{ eventId, jobId, attempt }: Pick<FinishedAttempt, 'eventId' | 'jobId' | 'attempt'>,
): Promise<JobStatus | null> {
	return await inTransaction(prisma, async (tx) => {
		await applyOnce(tx, { eventId, consumer: CONSUMER }, async () => {
			const job = await lockJob(tx, jobId);
			if (!job || !canTransition(job, attempt, 'rejectOutcome')) return;
			await loseLockedAttempt(tx, job);
			await unassignLockedAttempt(tx, jobId);
		});
		return await readStatus(tx, jobId);
	});
}

/** Returns the status of a job, or null when it was deleted. */
export async function readStatus(prisma: Database | Tx, jobId: string): Promise<JobStatus | null> {
	const job = await prisma.job.findUnique({ where: { id: jobId }, select: { status: true } });
	return job?.status ?? null;
}
