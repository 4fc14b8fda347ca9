import type { Job, JobStatus } from '@creatorr/contracts/jobs';
import { isAccountDeleted } from '../accounts/accounts.sql.ts';
import { findStoredResponse } from '../create/idempotency-keys.sql.ts';
import type { Database } from '../database.sql.ts';
import { JOB_COLUMNS, toJob } from '../lifecycle/job.sql.ts';
import { isTerminal } from '../lifecycle/job-status.ts';
import type { JobState } from './job-notifications.ts';

/** Returns the user's job, or null when there is none, it belongs to another user, or the account was deleted. */
export async function findJob(
	prisma: Database,
	{ jobId, userId }: { jobId: string; userId: string },
): Promise<Job | null> {
	const row = await prisma.job.findFirst({ where: { id: jobId, userId }, select: JOB_COLUMNS });
	const job = row && toJob(row);
	// Unfinished jobs are deleted with the account, ended ones in batches after it.
	if (job && isTerminal(job.status) && (await isAccountDeleted(prisma, userId))) return null;
	return job;
}

/** Returns the status and progress of jobs by their ids. A job that doesn't exist is absent. */
export async function findStates(
	prisma: Pick<Database, '$queryRaw'>,
	jobIds: readonly string[],
): Promise<Map<string, JobState>> {
	const rows = await prisma.$queryRaw<(JobState & { id: string })[]>`
		SELECT id, status::text, progress FROM jobs WHERE id = ANY (${jobIds})`;
	return new Map(rows.map((row) => [row.id, row]));
}

interface ListInput {
	userId: string;
	status: JobStatus | undefined;
	tool: string | undefined;
	/** Only the job that was created with this key, while the key is stored. */
	idempotencyKey: string | undefined;
	keyLifetimeHours: number;
	/** Only jobs older than this one. */
	beforeId: string | undefined;
	limit: number;
}

/** Returns the user's jobs, newest first; none of a deleted account. */
export async function findJobs(prisma: Database, input: ListInput): Promise<Job[]> {
	const { userId, idempotencyKey: key, keyLifetimeHours: lifetimeHours } = input;
	const created =
		key === undefined ? undefined : await findStoredResponse(prisma, { userId, key, lifetimeHours });
	if (created === null || (await isAccountDeleted(prisma, userId))) return [];
	const rows = await prisma.job.findMany({
		where: {
			userId,
			...(input.status ? { status: input.status } : {}),
			...(input.tool ? { tool: input.tool } : {}),
			id: { ...(created && { equals: created.job.id }), ...(input.beforeId && { lt: input.beforeId }) },
		},
		orderBy: { id: 'desc' },
		take: input.limit,
		select: JOB_COLUMNS,
	});
	return rows.map(toJob);
}
