import { type Plan, type Plans, toolTerms } from '@creatorr/contracts/plans';

/** How many pages a tool may take of a job whose user is on this plan, and how many on Pro where that is more. */
export function pageLimits(
	plans: Plans,
	{ plan, tool }: { plan: Plan; tool: string },
): { max_pages: number; pro_max_pages?: number } {
	const { maxPages } = toolTerms(plans[plan], tool);
	const ofPro = toolTerms(plans.pro, tool).maxPages;
	return { max_pages: maxPages, ...(ofPro > maxPages ? { pro_max_pages: ofPro } : {}) };
}
