import type { PlanTerms } from '@creatorr/contracts/plans';

/** How many jobs of a user may be active at once; `unverifiedActiveJobs` is 0 where the plan alone decides. */
export function maxActiveJobs(
	terms: Pick<PlanTerms, 'maxActiveJobs'>,
	{ verified, unverifiedActiveJobs }: { verified: boolean; unverifiedActiveJobs: number },
): number {
	if (verified || unverifiedActiveJobs === 0) return terms.maxActiveJobs;
	return Math.min(terms.maxActiveJobs, unverifiedActiveJobs);
}
