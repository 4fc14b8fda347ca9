import type { Job, JobStatus } from '@creatorr/contracts/jobs';
import { findAnswer } from './idempotency-keys.ts';
import { JOB_COLUMNS, toJob } from './job-row.ts';
import type { PrismaClient } from './prisma.ts';

interface ListInput {
	userId: string;
	status?: JobStatus | undefined;
	tool?: string | undefined;
	/** Only the one that was created with this key, as long as the key is kept. */
	idempotencyKey?: string | undefined;
	/** Only jobs older than this one. */
	beforeId?: string | undefined;
	limit: number;
	keyLifetimeHours: number;
}

/** The user's jobs, newest first. */
export async function listJobs(prisma: PrismaClient, input: ListInput): Promise<Job[]> {
	const { userId, idempotencyKey: key, keyLifetimeHours: lifetimeHours } = input;
	const created = key === undefined ? undefined : await findAnswer(prisma, { userId, key, lifetimeHours });
	if (created === null) return [];
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
