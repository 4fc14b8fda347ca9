import type { Job } from '@creatorr/contracts/jobs';
import { JOB_COLUMNS, toJob } from './job-row.ts';
import type { PrismaClient } from './prisma.ts';

/** The user's job, or null when it is gone or somebody else's. */
export async function findJob(
	prisma: PrismaClient,
	{ jobId, userId }: { jobId: string; userId: string },
): Promise<Job | null> {
	const row = await prisma.job.findFirst({ where: { id: jobId, userId }, select: JOB_COLUMNS });
	return row && toJob(row);
}
