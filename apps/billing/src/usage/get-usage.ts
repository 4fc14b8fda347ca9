import { getUsage } from '@creatorr/contracts/billing';
import type { ResponseOf } from '@creatorr/contracts/operation';
import type { Plan, Plans } from '@creatorr/contracts/plans';
import { defineRoute } from '@creatorr/service/route';

export interface UsageDeps {
	plans: Plans;
	planOf(userId: string): Promise<Plan>;
	/** Services of the previous release don't send the optional fields. */
	jobUse(userId: string): Promise<{
		active_jobs: number;
		max_active_jobs?: number | undefined;
		queued_jobs: number;
		compute_seconds?: number | undefined;
	}>;
	storageUse(userId: string): Promise<{
		stored_bytes: number;
		max_stored_bytes?: number | undefined;
		stored_files?: number | undefined;
	}>;
}

export function getUsageRoute(deps: UsageDeps) {
	return defineRoute(getUsage, async ({ user }) => ({ data: await usageOf(deps, user.id) }));
}

/** Returns the use of each limit of the user's plan. */
export async function usageOf(deps: UsageDeps, userId: string): Promise<ResponseOf<typeof getUsage>['data']> {
	const [plan, jobs, storage] = await Promise.all([
		deps.planOf(userId),
		deps.jobUse(userId),
		deps.storageUse(userId),
	]);
	const terms = deps.plans[plan];
	return {
		plan,
		limits: [
			{ name: 'active_jobs', used: jobs.active_jobs, limit: jobs.max_active_jobs ?? terms.maxActiveJobs },
			{ name: 'queued_jobs', used: jobs.queued_jobs, limit: terms.maxQueuedJobs },
			...(terms.computeSecondsPerDay === 0 || jobs.compute_seconds === undefined
				? []
				: [{ name: 'compute_seconds', used: jobs.compute_seconds, limit: terms.computeSecondsPerDay }]),
			{
				name: 'stored_bytes',
				used: storage.stored_bytes,
				limit: storage.max_stored_bytes ?? terms.maxStoredBytes,
			},
			...(storage.stored_files === undefined
				? []
				: [{ name: 'stored_files', used: storage.stored_files, limit: terms.maxFiles }]),
		],
	};
}
