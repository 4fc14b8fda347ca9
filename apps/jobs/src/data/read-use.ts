import type { Plans } from '@creatorr/contracts/plans';
import { maxActiveJobs } from '../domain/max-active-jobs.ts';
import { readAccount } from './accounts.ts';
import { readComputeSeconds } from './compute-usage.ts';
import { countJobs } from './count-jobs.ts';
import type { PrismaClient } from './prisma.ts';

interface ReadUseInput {
	userId: string;
	plans: Plans;
	/** Of users whose email is not verified; 0 for as many as the plan allows. */
	unverifiedActiveJobs: number;
}

export interface JobUse {
	active: number;
	maxActive: number;
	queued: number;
	/** Of today, in UTC. */
	computeSeconds: number;
}

/** How much a user uses of what the plan limits. */
export async function readUse(
	prisma: PrismaClient,
	{ userId, plans, unverifiedActiveJobs }: ReadUseInput,
): Promise<JobUse> {
	const [{ active, queued }, computeSeconds, { plan, verified }] = await Promise.all([
		countJobs(prisma, userId),
		readComputeSeconds(prisma, userId),
		readAccount(prisma, userId),
	]);
	const maxActive = maxActiveJobs(plans[plan], { verified, unverifiedActiveJobs });
	return { active, maxActive, queued, computeSeconds };
}
