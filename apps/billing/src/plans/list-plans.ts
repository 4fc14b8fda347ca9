import { listPlans, type PlanPrices } from '@creatorr/contracts/billing';
import type { ResponseOf } from '@creatorr/contracts/operation';
import type { Plan, Plans } from '@creatorr/contracts/plans';
import { defineRoute } from '@creatorr/service/route';
import type { PriceCache } from './plan-prices.ts';

/** GET /v1/plans */
export function listPlansRoute({ plans, priceCache }: { plans: Plans; priceCache: PriceCache }) {
	return defineRoute(listPlans, async () => ({
		data: [describePlan('free', plans), describePlan('pro', plans, priceCache.prices)],
	}));
}

/** Describes a plan with its limits for any tool; `GET /v1/tools` has those of single tools. */
export function describePlan(
	name: Plan,
	plans: Plans,
	prices?: PlanPrices,
): ResponseOf<typeof listPlans>['data'][number] {
	const terms = plans[name];
	return {
		name,
		retention_hours: terms.retentionHours,
		max_stored_bytes: terms.maxStoredBytes,
		max_files: terms.maxFiles,
		max_active_jobs: terms.maxActiveJobs,
		max_queued_jobs: terms.maxQueuedJobs,
		// 0 means no limit
		...(terms.computeSecondsPerDay > 0 && { compute_seconds_per_day: terms.computeSecondsPerDay }),
		...(terms.requestsPerMinute > 0 && { requests_per_minute: terms.requestsPerMinute }),
		...(terms.jobsPerMinute > 0 && { jobs_per_minute: terms.jobsPerMinute }),
		max_input_bytes: terms.anyTool.maxInputBytes,
		max_pages: terms.anyTool.maxPages,
		...(prices && { prices }),
	};
}
