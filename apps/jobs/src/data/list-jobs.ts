import type { Job, JobStatus } from '@creatorr/contracts/jobs';
import { JOB_COLUMNS, toJob } from './job-row.ts';
import type { PrismaClient } from './prisma.ts';

interface ListInput {
	userId: string;
	status?: JobStatus | undefined;
	tool?: string | undefined;
	/** Only jobs older than this one. */
	beforeId?: string | undefined;
	limit: number;
}

/** The user's jobs, newest first. */
export async function listJobs(prisma: PrismaClient, input: ListInput): Promise<Job[]> {
	const rows = await prisma.job.findMany({
		where: {
			userId: input.userId,
			...(input.status ? { status: input.status } : {}),
			...(input.tool ? { tool: input.tool } : {}),
			...(input.beforeId ? { id: { lt: input.beforeId } } : {}),
		},
		orderBy: { id: 'desc' },
		take: input.limit,
		select: JOB_COLUMNS,
	});
	return rows.map(toJob);
}
