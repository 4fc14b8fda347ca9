import { type Plan, type Plans, type PlanTerms, toolTerms } from '@creatorr/contracts/plans';

/** Returns how many jobs of a user may be active at once. When `unverifiedActiveJobs` is 0, only the plan limits them. */
export function maxActiveJobs(
	terms: Pick<PlanTerms, 'maxActiveJobs'>,
	{ emailVerified, unverifiedActiveJobs }: { emailVerified: boolean; unverifiedActiveJobs: number },
): number {
	if (emailVerified || unverifiedActiveJobs === 0) return terms.maxActiveJobs;
	return Math.min(terms.maxActiveJobs, unverifiedActiveJobs);
}

/** Returns how many pages a tool accepts from a user of this plan, and how many on Pro if that is more. */
export function pageLimits(
	plans: Plans,
	{ plan, tool }: { plan: Plan; tool: string },
): { max_pages: number; pro_max_pages?: number } {
	const { maxPages } = toolTerms(plans[plan], tool);
	const ofPro = toolTerms(plans.pro, tool).maxPages;
	return { max_pages: maxPages, ...(ofPro > maxPages ? { pro_max_pages: ofPro } : {}) };
}
