import type { JobOutcome } from '@creatorr/contracts/events';
import type { JobStatus } from '@creatorr/contracts/jobs';
import { applyOnce } from '@creatorr/database/inbox';
import { inTransaction } from '@creatorr/database/transaction';
import { isCurrentAttempt } from '../domain/attempt.ts';
import { failJob, succeedJob } from './end-job.ts';
import { type LockedJob, lockJob } from './lock-job.ts';
import type { PrismaClient, Tx } from './prisma.ts';

/** Under this name the inbox keeps outcomes. */
export const JOB_FINISHED_CONSUMER = 'jobs.job-finished';

interface SettleInput {
	eventId: string;
	jobId: string;
	attempt: number;
	outcome: JobOutcome;
	/** How long the tool ran, as far as the worker says. */
	computeMs?: number | undefined;
}

export interface Settled {
	/** The event was applied by an earlier delivery. */
	repeated: boolean;
	/** The job now; null when it is gone. */
	job: JobState | null;
}

export interface JobState {
	status: JobStatus;
}

/** Ends a job with the outcome of its current attempt. The outcome of any other attempt changes nothing. */
export async function settleAttempt(prisma: PrismaClient, input: SettleInput): Promise<Settled> {
	return await inTransaction(prisma, async (tx) => {
		const once = { eventId: input.eventId, consumer: JOB_FINISHED_CONSUMER };
		const first = await applyOnce(tx, once, async () => {
			const job = await lockJob(tx, input.jobId);
			if (job && isCurrentAttempt(job, input.attempt)) await end(tx, job, input);
		});
		return { repeated: !first, job: await readState(tx, input.jobId) };
	});
}

async function end(tx: Tx, job: LockedJob, { outcome, computeMs }: SettleInput): Promise<void> {
	switch (outcome.status) {
		case 'succeeded':
			await succeedJob(tx, job, outcome, computeMs);
			return;
		case 'failed':
			await failJob(tx, job, { code: outcome.error_code, message: outcome.error_message }, computeMs);
	}
}

/** What a job is at now, or null when it is gone. */
export async function readState(prisma: PrismaClient | Tx, jobId: string): Promise<JobState | null> {
	return await prisma.job.findUnique({ where: { id: jobId }, select: { status: true } });
}
