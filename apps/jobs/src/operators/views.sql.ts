import { readOperatorActions, recordOperatorAction } from '@creatorr/database/operator-actions';
import { inTransaction } from '@creatorr/database/transaction';
import { isAccountDeleted, lockUser, readAccount } from '../accounts/accounts.sql.ts';
import { countJobs, readComputeSeconds } from '../accounts/usage.sql.ts';
import type { Database } from '../database.sql.ts';

const JOBS_SHOWN = 10;

/** Returns a job as it is stored, without its secrets, or null when there is none. Records that the operator viewed it. */
export function viewJob(prisma: Database, jobId: string, operator: string): Promise<object | null> {
	return inTransaction(prisma, async (tx) => {
		const job = await tx.job.findUnique({ where: { id: jobId }, omit: { sealedSecrets: true } });
		if (!job) return null;
		await lockUser(tx, job.userId);
		if (await isAccountDeleted(tx, job.userId)) return null;
		await recordOperatorAction(tx, { operator, action: 'job_viewed', userId: job.userId, subject: jobId });
		return {
			id: job.id,
			user_id: job.userId,
			tool: job.tool,
			status: job.status,
			progress: job.progress,
			error_code: job.errorCode,
			error_message: job.errorMessage,
			request_id: job.requestId,
			traceparent: job.traceparent,
			created_at: job.createdAt,
			dispatched_at: job.dispatchedAt,
			deferred_at: job.deferredAt,
			started_at: job.startedAt,
			finished_at: job.finishedAt,
			attempts: job.attempt,
			lost_attempts: job.lostAttempts,
			returned_attempts: job.returnedAttempts,
			preempted_ms: job.preemptedMs,
			attempt_started_at: job.attemptStartedAt,
			compute_ms: job.computeMs,
			expected_seconds: job.expectedSeconds,
			background: job.background,
			worker: job.workerId,
			lease_expires_at: job.leaseExpiresAt,
			finishing: job.finishing,
			priority: job.priority,
			input_file_id: job.inputFileId,
			output_file_id: job.outputFileId,
			params: job.params,
			result: job.result,
		};
	});
}

/** Returns what this service knows of a user, or null when the account was deleted. Records that the operator viewed it. */
export function viewUser(prisma: Database, userId: string, operator: string): Promise<object | null> {
	return inTransaction(prisma, async (tx) => {
		await lockUser(tx, userId);
		if (await isAccountDeleted(tx, userId)) return null;
		const jobs = await tx.job.findMany({
			where: { userId },
			orderBy: { id: 'desc' },
			take: JOBS_SHOWN,
		});
		const { plan, emailVerified } = await readAccount(tx, userId);
		const report = {
			user_id: userId,
			plan,
			email_verified: emailVerified,
			compute_seconds_today: await readComputeSeconds(tx, userId),
			...(await countJobs(tx, userId)),
			last_jobs: jobs.map((job) => ({
				id: job.id,
				tool: job.tool,
				status: job.status,
				created_at: job.createdAt,
				finished_at: job.finishedAt,
				attempts: job.attempt,
				error_code: job.errorCode,
			})),
			operator_actions: await readOperatorActions(tx, userId),
		};
		await recordOperatorAction(tx, { operator, action: 'user_viewed', userId });
		return report;
	});
}
