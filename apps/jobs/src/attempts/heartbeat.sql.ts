import type { heartbeat } from '@creatorr/contracts/internal/jobs';
import type { ProgressDetail } from '@creatorr/contracts/jobs';
import type { BodyOf } from '@creatorr/contracts/operation';
import { inTransaction } from '@creatorr/database/transaction';
import type { Database, Tx } from '../database.sql.ts';
import { JOB_CHANGED_CHANNEL } from '../lifecycle/job.sql.ts';
import { recordWorker } from '../workers/workers.sql.ts';

type Heartbeat = BodyOf<typeof heartbeat>;

interface HeartbeatInput {
	workerId: string;
	heartbeat: Heartbeat;
	leaseMs: number;
}

interface HeartbeatResult {
	/** Reported jobs whose attempt is still current. Their leases were renewed. */
	renewedIds: Set<string>;
	/** The worker is new, was offline, or has other slots than before. */
	capacityChanged: boolean;
}

/** Records that a worker is alive and what it can run, and renews the leases of its attempts. */
export async function recordHeartbeat(prisma: Database, input: HeartbeatInput): Promise<HeartbeatResult> {
	return await inTransaction(prisma, async (tx) => {
		const capacityChanged = await recordWorker(tx, input);
		return { renewedIds: await renewLeases(tx, input), capacityChanged };
	});
}

/** Never shortens the lease of an attempt whose outcome is being applied (`startFinishing`). */
async function renewLeases(
	tx: Tx,
	{ workerId, heartbeat: { running }, leaseMs }: HeartbeatInput,
): Promise<Set<string>> {
	if (running.length === 0) return new Set();
	const renewed = await tx.$queryRaw<{ id: string }[]>`
		UPDATE jobs SET lease_expires_at = greatest(lease_expires_at, now() + make_interval(secs => ${leaseMs / 1000})),
			background = jobs.background OR reported.background,
			expected_seconds = coalesce(reported.expected_seconds, jobs.expected_seconds),
			compute_ms = coalesce(reported.compute_ms, jobs.compute_ms)
		FROM unnest(${running.map((job) => job.job_id)}::text[], ${running.map((job) => job.attempt)}::int[],
			${running.map((job) => job.background ?? false)}::boolean[],
			${running.map((job) => job.expected_seconds ?? null)}::int[],
			${running.map((job) => job.compute_ms ?? null)}::int[])
			AS reported (job_id, attempt, background, expected_seconds, compute_ms)
		WHERE jobs.id = reported.job_id AND jobs.attempt = reported.attempt
			AND jobs.status = 'running' AND jobs.worker_id = ${workerId}
		RETURNING jobs.id`;
	return new Set(renewed.map(({ id }) => id));
}

interface Progress {
	jobId: string;
	attempt: number;
	progress: number;
	detail: ProgressDetail | undefined;
}

/** Raises the progress of a running job. Ignores an older attempt and a lower progress. */
export async function recordProgress(prisma: Database, input: Progress): Promise<void> {
	await prisma.$executeRaw`
		WITH raised AS (
			UPDATE jobs SET progress = ${input.progress}::int,
				progress_detail = ${input.detail ? JSON.stringify(input.detail) : null}::json
			WHERE id = ${input.jobId} AND attempt = ${input.attempt}::int AND status = 'running'
				AND progress < ${input.progress}::int
			RETURNING id
		)
		SELECT pg_notify(${JOB_CHANGED_CHANNEL}, id) FROM raised`;
}
