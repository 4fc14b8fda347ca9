import type { ClaimResponse } from '@creatorr/contracts/internal/jobs';
import { afterCommit } from '@creatorr/database/after-commit';
import { inTransaction } from '@creatorr/database/transaction';
import { readAccount } from '../accounts/accounts.sql.ts';
import { pageLimits } from '../accounts/plan-limits.ts';
import type { Database, Tx } from '../database.sql.ts';
import type { PreemptionInput } from '../dispatch/preempt-job.sql.ts';
import { deferToBackground } from '../dispatch/request-worker.sql.ts';
import { Prisma } from '../generated/client.ts';
import { type LockedJob, lockJob, notifyJobChanged } from '../lifecycle/job.sql.ts';
import { countStarted } from '../lifecycle/job-metrics.ts';
import { hasBackgroundSlot, type PreemptedAttempt, preemptFor } from './preempt.sql.ts';
import { decideClaim } from './transitions.ts';

interface ClaimInput extends Omit<PreemptionInput, 'tools'> {
	jobId: string;
	workerId: string;
	leaseMs: number;
	/** Jobs of the worker that only store and report their output. */
	storing?: readonly string[] | undefined;
}

const GRANTED_COLUMNS = {
	attempt: true,
	tool: true,
	params: true,
	sealedSecrets: true,
	inputFileId: true,
	userId: true,
	createdAt: true,
	background: true,
} as const;

/**
 * Grants a job to a worker as a new attempt, or says why not. A background job whose worker has no background slot preempts another one of
 * the worker, or is deferred.
 */
export async function claimJob(prisma: Database, input: ClaimInput): Promise<ClaimResponse> {
	return await inTransaction(prisma, async (tx) => {
		const job = await lockJob(tx, input.jobId);
		const decision = decideClaim(job, input.workerId);
		if (decision !== 'granted' || !job) return { answer: decision === 'held' ? 'held' : 'unwanted' };
		if (!job.background || (await hasBackgroundSlot(tx, job, input.workerId)))
			return await grant(tx, job, input);
		await deferToBackground(tx, job);
		const preempted = await preemptFor(tx, job, input);
		return preempted ? await grant(tx, job, input, preempted) : { answer: 'held' };
	});
}

async function grant(
	tx: Tx,
	job: LockedJob,
	{ workerId, leaseMs, plans }: ClaimInput,
	preempted?: PreemptedAttempt,
): Promise<ClaimResponse> {
	const first = job.status === 'queued';
	const row = await tx.job.update({
		where: { id: job.id },
		data: {
			status: 'running',
			attempt: job.attempt + 1,
			workerId,
			leaseExpiresAt: new Date(job.now.getTime() + leaseMs),
			attemptStartedAt: job.now,
			computeMs: null,
			dispatchedAt: job.now,
			deferredAt: null,
			progressDetail: Prisma.DbNull,
			...(first ? { startedAt: job.now } : {}),
		},
		select: GRANTED_COLUMNS,
	});
	if (first) {
		afterCommit(tx, () => countStarted({ tool: row.tool, createdAt: row.createdAt, startedAt: job.now }));
		await notifyJobChanged(tx, job.id);
	}
	const { plan } = await readAccount(tx, row.userId);
	return {
		answer: 'granted',
		attempt: row.attempt,
		lease_ms: leaseMs,
		tool: row.tool,
		params: row.params as Record<string, unknown>,
		...(row.sealedSecrets === null ? {} : { sealed_secrets: row.sealedSecrets }),
		input_file_id: row.inputFileId,
		user_id: row.userId,
		...(row.background ? { background: true } : {}),
		...(preempted ? { preempted } : {}),
		...pageLimits(plans, { plan, tool: row.tool }),
	};
}
