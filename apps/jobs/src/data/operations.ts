import { ping } from '@creatorr/database/ping';
import { currentRequestId } from '@creatorr/service/context';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { currentTraceparent } from '@creatorr/telemetry/traceparent';
import type { Config } from '../config.ts';
import type { CreatedJob } from '../domain/created-job.ts';
import type { Finished } from '../domain/finish-attempt.ts';
import { changePlan, markVerified } from './accounts.ts';
import { applyProgress } from './apply-progress.ts';
import { cancelJob } from './cancel-job.ts';
import { claimJob } from './claim-job.ts';
import { deleteJob } from './delete-job.ts';
import { deleteUser } from './delete-user.ts';
import { expireLeases } from './expire-leases.ts';
import { failOrphans } from './fail-orphans.ts';
import { failUndeliverable } from './fail-undeliverable.ts';
import { findJob } from './find-job.ts';
import { giveBackAttempt } from './give-back-attempt.ts';
import { holdAttempt } from './hold-attempt.ts';
import { findAnswer } from './idempotency-keys.ts';
import { insertJob } from './insert-job.ts';
import { listJobs } from './list-jobs.ts';
import { loseAttempt } from './lose-attempt.ts';
import type { PrismaClient } from './prisma.ts';
import { prune } from './prune.ts';
import { readBacklog } from './read-backlog.ts';
import { readCapabilities } from './read-capabilities.ts';
import { readReport } from './read-report.ts';
import { readUse } from './read-use.ts';
import { readWorkers } from './read-workers.ts';
import { recordBeat } from './record-beat.ts';
import { releaseJobs } from './release-jobs.ts';
import { readState, settleAttempt } from './settle-attempt.ts';

/** Longer than the slowest answer of files and the longest pause between two tries. */
const HOLD_MS = 30_000;
/** One job per tool may wait at the broker: with more, a long queue of one user would delay another's by more than one. */
const RELEASE_MARGIN = 1;
const UNCLAIMED_AFTER_MS = 60_000;
const MINUTE_MS = 60_000;
/** Longer than it takes to replace all replicas, one after the other. */
const TOOL_GONE_AFTER_MS = 60 * MINUTE_MS;

export type Operations = ReturnType<typeof bindOperations>;

interface Insert {
	job: CreatedJob;
	sealedSecrets: string | null;
	expectedSeconds: number | null;
	userId: string;
	admit: Parameters<typeof insertJob>[1]['admit'];
	idempotency: { key: string; fingerprint: string } | undefined;
}

/** Everything that is done with the database, on this client and with these settings, for jobs of these tools. */
export function bindOperations(prisma: PrismaClient, config: Config, tools: readonly string[]) {
	const leaseMs = config.WORKER_LEASE_MS;
	const lifetimeHours = config.IDEMPOTENCY_KEY_HOURS;
	const plans = config.PLANS;
	const unverifiedActiveJobs = config.UNVERIFIED_ACTIVE_JOBS;
	// Work that waits for the database's lock of a key waits here instead, without a connection.
	const mutex = createKeyedMutex();
	return {
		ping: () => ping(prisma),
		findAnswer: (userId: string, key: string) => findAnswer(prisma, { userId, key, lifetimeHours }),
		insertJob: ({ idempotency, ...insert }: Insert) =>
			mutex.runExclusive(insert.userId, () =>
				insertJob(prisma, {
					...insert,
					requestId: currentRequestId(),
					traceparent: currentTraceparent() ?? null,
					idempotency: idempotency && { ...idempotency, lifetimeHours },
				}),
			),
		changePlan: (change: Parameters<typeof changePlan>[1]) => changePlan(prisma, change),
		markVerified: (userId: string) => markVerified(prisma, userId),
		readUse: (userId: string) => readUse(prisma, { userId, plans, unverifiedActiveJobs }),
		findJob: (jobId: string, userId: string) => findJob(prisma, { jobId, userId }),
		listJobs: (input: Omit<Parameters<typeof listJobs>[1], 'keyLifetimeHours'>) =>
			listJobs(prisma, { ...input, keyLifetimeHours: lifetimeHours }),
		cancelJob: (jobId: string, userId: string) =>
			cancelJob(prisma, { jobId, userId, requestId: currentRequestId() }),
		deleteJob: (jobId: string, userId: string) => deleteJob(prisma, { jobId, userId }),
		claimJob: (jobId: string, workerId: string) => claimJob(prisma, { jobId, workerId, leaseMs, plans }),
		giveBackAttempt: (returned: Parameters<typeof giveBackAttempt>[1]) => giveBackAttempt(prisma, returned),
		recordBeat: (beat: Omit<Parameters<typeof recordBeat>[1], 'leaseMs'>) =>
			recordBeat(prisma, { ...beat, leaseMs }),
		readBacklog: () => readBacklog(prisma),
		readWorkers: () => readWorkers(prisma, leaseMs),
		readReport: () => readReport(prisma, leaseMs),
		readCapabilities: () => readCapabilities(prisma, leaseMs),
		applyProgress: (progress: Parameters<typeof applyProgress>[1]) => applyProgress(prisma, progress),
		holdAttempt: (jobId: string, attempt: number) => holdAttempt(prisma, { jobId, attempt, holdMs: HOLD_MS }),
		loseAttempt: (lost: Parameters<typeof loseAttempt>[1]) => loseAttempt(prisma, lost),
		settleAttempt: (finished: Finished) => settleAttempt(prisma, finished),
		readState: (jobId: string) => readState(prisma, jobId),
		deleteUser: (deletion: Parameters<typeof deleteUser>[1]) => deleteUser(prisma, deletion),
		failUndeliverable: (jobId: string) => failUndeliverable(prisma, jobId),
		expireLeases: () => expireLeases(prisma),
		releaseJobs: () =>
			releaseJobs(prisma, {
				tools,
				plans,
				unverifiedActiveJobs,
				passOverMs: config.PASS_OVER_MINUTES * MINUTE_MS,
				deferralMs: config.WORKER_BEAT_MS,
				margin: RELEASE_MARGIN,
				workerLifetimeMs: leaseMs,
				unclaimedAfterMs: UNCLAIMED_AFTER_MS,
			}),
		failOrphans: () => failOrphans(prisma, { tools, workerLifetimeMs: leaseMs, graceMs: TOOL_GONE_AFTER_MS }),
		prune: () =>
			prune(prisma, {
				jobRetentionDays: config.JOB_RETENTION_DAYS,
				idempotencyKeyHours: lifetimeHours,
			}),
	};
}
